import '@authpipe/react/styles.css'
import './desk.css'
import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'

export const metadata: Metadata = {
  title: { default: 'Northwind Desk', template: '%s · Northwind Desk' },
  description: 'A small help desk that shows how an app connects LiveChat with Authpipe.',
}

export const viewport: Viewport = { colorScheme: 'light dark' }

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
