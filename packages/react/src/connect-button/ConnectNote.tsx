'use client'
import type { ReactNode } from 'react'
import { useAuthpipe } from '../useAuthpipe.ts'
import { Icon } from './Icon.tsx'
import { StatusPill } from './StatusPill.tsx'
import type { ConnectButtonState } from './useConnectButton.ts'

/** What there is to say and to do below a connect button: one live region, and what the state offers. */
export function ConnectNote({ state, showStatus }: { readonly state: ConnectButtonState; readonly showStatus: boolean }): ReactNode {
  const { messages } = useAuthpipe()
  const { phase, connectionStatus, error, loadError, cancel, reopen, refetch } = state
  const waits = phase === 'opening' || phase === 'waiting' || phase === 'detached'
  const needsHelp = showStatus && phase === 'idle' && (connectionStatus === 'needs_reauth' || connectionStatus === 'failed')
  const tone = phase === 'blocked' ? 'warning' : phase === 'error' ? 'danger' : waits || needsHelp || error || loadError ? 'muted' : undefined
  const form = phase === 'blocked' && state.getFormProps()
  const action = (label: string, run: () => void): ReactNode => (
    <button type="button" className="ap-link" onClick={run}>
      {label}
    </button>
  )
  return (
    <span className="ap-note" data-tone={tone}>
      {form && <Icon name="window" />}
      {needsHelp &&
        (connectionStatus === 'failed' ? <StatusPill tone="danger">{messages.failed}</StatusPill> : <StatusPill tone="warning">{messages.needsAttention}</StatusPill>)}
      <span {...state.getStatusProps()} />
      {phase === 'detached' && action(messages.retry, reopen)}
      {waits && action(messages.cancel, cancel)}
      {loadError && phase === 'idle' && action(messages.retry, refetch)}
      {form && (
        // Real submit buttons, which no browser blocks.
        <form {...form}>
          {form.children}
          <button className="ap-button" data-size="sm" data-variant="primary">
            {messages.newTab}
          </button>
          <button className="ap-button" data-size="sm" name="mode" value="redirect" formTarget="_self">
            {messages.thisTab}
          </button>
        </form>
      )}
    </span>
  )
}
