import type { GetServerSideProps } from 'next'

/** Where NextAuth sends people whose sign-in failed: back to the form that they can do something with. */
export const getServerSideProps: GetServerSideProps = async ({ query }) => {
  const error = String(query.error ?? 'Unknown')
  const form = error === 'Verification' ? '/signin/code' : '/signin'
  const destination = `${form}?${new URLSearchParams({ error })}`
  return { redirect: { destination, permanent: false } }
}

export default function Failed() {
  return null
}
