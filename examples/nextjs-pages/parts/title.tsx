import Head from 'next/head'

/** The title of a page. */
export function Title({ children }: { children: string }) {
  return (
    <Head>
      <title>{`${children} · Example`}</title>
    </Head>
  )
}
