'use client'
import { useEffect, useRef, type ReactNode, type RefObject } from 'react'
import { HealthBadge } from '../health-badge/HealthBadge.tsx'
import { errorText, fill } from '../messages.ts'
import { RequestInstead } from '../request-connection/RequestInstead.tsx'
import { useMessages } from '../useMessages.ts'
import { Icon } from './Icon.tsx'
import type { ConnectButtonState } from './useConnectButton.ts'

export { startFormProps } from '../startFormProps.ts'

const needsAttention = ({ phase, connectionStatus }: NoteState): 'needs_reauth' | 'failed' | false =>
  phase === 'idle' && (connectionStatus === 'needs_reauth' || connectionStatus === 'failed') && connectionStatus

const waits = ({ phase }: NoteState): boolean => phase === 'opening' || phase === 'waiting' || phase === 'detached'

type NoteState = Pick<ConnectButtonState, 'phase' | 'loading' | 'offline' | 'connectionStatus' | 'connection' | 'provider' | 'error' | 'loadError'>

/** How a note looks; `undefined` where it is only spoken. */
export function noteTone(state: NoteState): 'warning' | 'danger' | 'muted' | undefined {
  if (state.phase === 'blocked') return 'warning'
  if (state.phase === 'error') return 'danger'
  return waits(state) || state.offline || needsAttention(state) || state.error || state.loadError ? 'muted' : undefined
}

/** How things stand, in a sentence. */
export function NoteText(state: NoteState): ReactNode {
  const texts = useMessages()
  const { phase, loading, connection, connectionStatus: status } = state
  const failure = state.error ?? state.loadError
  const reason = connection?.statusReason
  const text =
    phase === 'detached' ? texts.finishOrRetry
    : waits(state) ? texts.finish
    : phase === 'confirming' ? texts.confirming
    : phase === 'done' ? texts.active
    : state.offline ? texts.offline
    : failure ? errorText(texts, failure)
    : loading ? texts.loading
    : status === 'needs_reauth' || status === 'failed' ? ((reason && texts.reasons[reason]) ?? texts.reasons[status])
    : ''
  const line = useRef<HTMLSpanElement>(null)
  useEffect(() => speakOnce(line.current, state.provider.id))
  return <span ref={line}>{fill(text, state.provider.name)}</span>
}

/** Silences what another region of this page says of the provider too: a button and a card of one connection change at the same time. */
function speakOnce(line: HTMLElement | null, provider: string): void {
  const region = line?.closest<HTMLElement>('[role=status]')
  if (!region) return
  region.dataset.speaksOf = provider
  const regions = [...document.querySelectorAll<HTMLElement>('[data-speaks-of]')]
  const first = regions.find(({ dataset, textContent }) => dataset.speaksOf === provider && textContent === region.textContent)
  region.setAttribute('aria-live', first === region ? 'polite' : 'off')
}

interface ConnectNoteProps {
  readonly state: ConnectButtonState
  readonly showStatus: boolean
  /** The element that holds the button and this note. */
  readonly root: RefObject<HTMLElement | null>
}

const focusIn = (root: RefObject<HTMLElement | null>, selector: string): void => root.current?.querySelector<HTMLElement>(selector)?.focus()

/** What there is to see and to do below a connect button, beside its text. */
export function ConnectNote({ state, showStatus, root }: ConnectNoteProps): ReactNode {
  const { phase, loadError } = state
  const texts = useMessages()
  const attention = showStatus && needsAttention(state)
  const form = phase === 'blocked' && state.getFormProps()

  const hadFocus = useRef(false)
  useEffect(() => {
    // A blocked window asks for another click; and what had the focus here may have gone with the last phase.
    if (phase === 'blocked' && root.current?.contains(document.activeElement)) focusIn(root, 'form button')
    else if (hadFocus.current && document.activeElement === document.body) focusIn(root, 'button')
  }, [phase, root])

  const action = (label: string, run: () => void): ReactNode => (
    <button type="button" className="ap-link" onClick={run}>
      {label}
    </button>
  )
  return (
    <span className="ap-actions" onFocus={() => (hadFocus.current = true)} onBlur={() => (hadFocus.current = false)}>
      {attention && <HealthBadge status={attention} />}
      {phase === 'detached' && action(texts.retry, state.reopen)}
      {waits(state) && action(texts.cancel, state.cancel)}
      {loadError && phase === 'idle' && action(texts.retry, state.refetch)}
      {phase === 'error' && state.error?.code === 'account_mismatch' && (
        <>
          {action(texts.rightAccount, state.reopen)}
          {action(texts.addAccount, state.connectAnother)}
        </>
      )}
      {phase === 'error' && <RequestInstead provider={state.provider.id} error={state.error} />}
      {form && (
        // Real submit buttons, which no browser blocks.
        <>
          <Icon path="M2 3h12v10H2zm0 3h12" />
          <form {...form}>
            {form.children}
            <button className="ap-button" data-size="sm" data-variant="primary">
              {texts.newTab}
            </button>
            <button className="ap-button" data-size="sm" name="mode" value="redirect" formTarget="_self">
              {texts.thisTab}
            </button>
          </form>
        </>
      )}
    </span>
  )
}
