'use client'

import { AuthpipeProvider, ConnectButton, ConnectionCard } from '@authpipe/react'
import { Button } from './Button'

export function Integrations() {
  return (
    <main className="grid min-h-screen content-start justify-items-center gap-6 p-8">
      <Button onClick={() => document.documentElement.classList.toggle('dark')}>Light or dark</Button>
      {/* A class for one element of every component: utilities win over what Authpipe brings. */}
      <AuthpipeProvider appearance={{ elements: { card: 'w-full max-w-xl shadow-none' } }}>
        <ConnectionCard provider="livechat" />
        <div className="flex items-start gap-3">
          {/* Ours in the app's colours, and the app's own button that does what ours does. */}
          <ConnectButton provider="livechat" variant="primary" connectedAction="menu" />
          <ConnectButton provider="livechat" unstyled showLogo={false} connectedAction="menu" render={<Button className="ap-active:bg-muted" />} />
        </div>
      </AuthpipeProvider>
    </main>
  )
}
