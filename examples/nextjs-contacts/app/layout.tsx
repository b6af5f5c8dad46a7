import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import './style.css'

export const metadata: Metadata = {
  title: { default: 'Example', template: '%s · Example' },
}

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      {/* Not in the metadata, which may come after the browser has asked for /favicon.ico. */}
      <head>
        <link rel="icon" href="data:," />
      </head>
      <body>
        <main>{children}</main>
      </body>
    </html>
  )
}
