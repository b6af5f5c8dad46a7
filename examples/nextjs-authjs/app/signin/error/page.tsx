import { redirect } from 'next/navigation'
import { Suspense } from 'react'

export default function Page(props: PageProps<'/signin/error'>) {
  return (
    <Suspense>
      <Failed {...props} />
    </Suspense>
  )
}

/** Where Auth.js sends people whose sign-in failed: back to the form that they can do something with. */
async function Failed({ searchParams }: PageProps<'/signin/error'>): Promise<never> {
  const { error } = await searchParams
  if (error === 'Verification') redirect('/signin/code?error=Verification')
  redirect(`/signin?${new URLSearchParams({ error: String(error) })}`)
}
