import { auth } from '@/auth'

export default async function Dashboard() {
  const session = await auth()
  return <p>{`Signed in: ${session?.user?.email}`}</p>
}
