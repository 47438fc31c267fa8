'use client'
import type { ReactNode } from 'react'
import { useAuthpipe } from '../useAuthpipe.ts'
import { Icon } from './Icon.tsx'
import { StatusPill } from './StatusPill.tsx'
import type { ConnectButtonState } from './useConnectButton.ts'

/** What there is to say and to do below a connect button: one live region, and what the state offers. */
export function ConnectNote({ state, showStatus }: { readonly state: ConnectButtonState; readonly showStatus: boolean }): ReactNode {
  const { messages } = useAuthpipe()
  const { phase, connectionStatus, error, loadError } = state
  const waits = phase === 'opening' || phase === 'waiting' || phase === 'detached'
  const attention = showStatus && phase === 'idle' && (connectionStatus === 'needs_reauth' || connectionStatus === 'failed') && connectionStatus
  const form = phase === 'blocked' && state.getFormProps()
  const action = (label: string, run: () => void): ReactNode => (
    <button type="button" className="ap-link" onClick={run}>
      {label}
    </button>
  )
  return (
    <span className="ap-note" data-tone={form ? 'warning' : phase === 'error' ? 'danger' : waits || attention || error || loadError ? 'muted' : undefined}>
      {form && <Icon name="blocked" />}
      {attention && <StatusPill status={attention} />}
      <span {...state.getStatusProps()} />
      {phase === 'detached' && action(messages.retry, state.reopen)}
      {waits && action(messages.cancel, state.cancel)}
      {loadError && phase === 'idle' && action(messages.retry, state.refetch)}
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
