import { redirect } from 'next/navigation'

/** Where Auth.js sends people whose sign-in failed: back to the form that they can do something with. */
export default async function Failed({ searchParams }: PageProps<'/signin/error'>) {
  const { error } = await searchParams
  if (error === 'Verification') redirect('/signin/code?error=Verification')
  redirect(`/signin?${new URLSearchParams({ error: String(error) })}`)
}
