export const getServerSideProps = () => ({
  redirect: { destination: '/dashboard', permanent: false },
})

export default function Start() {
  return null
}
