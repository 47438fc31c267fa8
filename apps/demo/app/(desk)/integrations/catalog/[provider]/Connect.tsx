'use client'

import { ConnectButton, InstallButton } from '@authpipe/react'

/** The buttons that a provider's ways of connecting call for. */
export function Connect({ provider, kinds }: { readonly provider: string; readonly kinds: readonly string[] }) {
  return (
    <div className="actions">
      {kinds.some((kind) => kind !== 'installation') && <ConnectButton provider={provider} variant="primary" />}
      {kinds.includes('installation') && <InstallButton provider={provider} />}
    </div>
  )
}
