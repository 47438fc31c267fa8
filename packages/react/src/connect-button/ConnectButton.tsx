'use client'
import { forwardRef, useEffect, useRef, type ButtonHTMLAttributes, type CSSProperties, type ReactNode } from 'react'
import { fill, type Messages } from '../messages.ts'
import type { ProviderId } from '../providerId.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { ConnectNote } from './ConnectNote.tsx'
import { Icon } from './Icon.tsx'
import { StatusPill } from './StatusPill.tsx'
import { useConnectButton, type ConnectButtonOptions, type ConnectButtonState } from './useConnectButton.ts'

/** The labels that an app can replace on one button. */
export type ConnectLabels = Partial<Pick<Messages, 'connect' | 'connecting' | 'connected' | 'reconnect'>>

type NativeButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'style' | keyof ConnectButtonOptions>

export interface ConnectButtonProps<P extends ProviderId = ProviderId> extends ConnectButtonOptions<P>, NativeButtonProps {
  /** @defaultValue `outline` */
  readonly variant?: 'outline' | 'primary' | 'ghost'
  /**
   * A height of 32, 36 or 44 px.
   * @defaultValue `md`
   */
  readonly size?: 'sm' | 'md' | 'lg'
  /** @defaultValue `false` */
  readonly fullWidth?: boolean
  /** @defaultValue `true` */
  readonly showLogo?: boolean
  /**
   * Whether a pill says the status of the connection.
   * @defaultValue `true`
   */
  readonly showStatus?: boolean
  /** Replaces the label to connect, or several labels; `{provider}` stands for the provider's name. */
  readonly label?: string | ConnectLabels
  /** Replaces all that is inside the button, in every state. */
  readonly children?: ReactNode
  readonly className?: string | ((state: ConnectButtonState) => string)
  readonly style?: CSSProperties | ((state: ConnectButtonState) => CSSProperties)
}

const labelKeys = ['connect', 'reconnect', 'connecting', 'detached', 'confirming'] as const

/** Which label belongs to a state; an attempt under way comes before what was there already. */
function labelKey({ phase, connectionStatus }: ConnectButtonState): (typeof labelKeys)[number] | 'connected' {
  switch (phase) {
    case 'opening':
    case 'waiting':
      return 'connecting'
    case 'detached':
    case 'confirming':
      return phase
    case 'done':
      return 'connected'
    default:
      return connectionStatus === 'active' ? 'connected' : connectionStatus === 'absent' || connectionStatus === 'revoked' ? 'connect' : 'reconnect'
  }
}

const StyledConnectButton = forwardRef<HTMLButtonElement, ConnectButtonProps>(function ConnectButton(props, ref) {
  const { variant = 'outline', size = 'md', fullWidth, showLogo = true, showStatus = true, label, children, className, style, onClick, ...rest } = props
  const { provider, connectionId, scopes, settings, mode, returnTo, connectedAction, onSuccess, onError, onCancel, onStatusChange, ...native } = rest
  const state = useConnectButton({ provider, connectionId, scopes, settings, mode, returnTo, connectedAction, onSuccess, onError, onCancel, onStatusChange })
  const { messages } = useAuthpipe()
  const { phase, connectionStatus, loading } = state
  const { name, logo } = state.provider
  const button = state.getButtonProps()

  const root = useRef<HTMLSpanElement>(null)
  const hadFocus = useRef(false)
  useEffect(() => {
    // A blocked window asks for another click; and what had the focus may have gone with the last phase.
    const next = phase === 'blocked' ? 'form button' : document.activeElement === document.body && 'button'
    if (hadFocus.current && next) root.current?.querySelector<HTMLElement>(next)?.focus()
  }, [phase])

  const texts = { ...messages, ...(typeof label === 'string' ? { connect: label } : label) }
  const key = labelKey(state)
  const pill = showStatus && key === 'connected' && phase !== 'done'
  // The width of the longest label, so that nothing beside the button moves when its label changes.
  const widest = [...labelKeys.map((each) => fill(texts[each], name)), showStatus && `${name}\u2003\u2003\u2003${texts.connected}`]

  return (
    <span ref={root} className="ap-connect" data-full-width={fullWidth} onFocus={() => (hadFocus.current = true)} onBlur={() => (hadFocus.current = false)}>
      <button
        {...native}
        {...button}
        ref={ref}
        className={`ap-button ${(typeof className === 'function' ? className(state) : className) ?? ''}`}
        style={typeof style === 'function' ? style(state) : style}
        data-provider={provider}
        data-status={connectionStatus}
        data-phase={phase}
        data-variant={variant}
        data-size={size}
        data-loading={loading || undefined}
        onClick={(event) => {
          onClick?.(event)
          if (!event.defaultPrevented) button.onClick()
        }}
      >
        {children ?? (
          <>
            {showLogo && (
              <span className="ap-logo" aria-hidden="true">
                {phase === 'done' ? <Icon name="check" /> : logo}
              </span>
            )}
            <span className="ap-label" data-widest={widest.join('\n')}>
              {pill ? name : fill(texts[key], name)}
              {pill && <StatusPill tone="success">{texts.connected}</StatusPill>}
            </span>
          </>
        )}
      </button>
      <ConnectNote state={state} showStatus={showStatus} />
    </span>
  )
})

/** A connect button that looks like nothing: `children` gets all that it needs and draws it. It works in client components only. */
function Custom<P extends ProviderId>({ children, ...options }: ConnectButtonOptions<P> & { readonly children: (state: ConnectButtonState) => ReactNode }): ReactNode {
  return children(useConnectButton(options))
}

/**
 * Connects a provider in a window of its own, and shows the connection there is. It works without an `AuthpipeProvider` too.
 *
 * `onSuccess` is called once per attempt, on the page that started it, also after a reload.
 *
 * @example
 * <ConnectButton provider="livechat" onSuccess={(conn) => console.log('Connected!', conn)} />
 */
export const ConnectButton = Object.assign(StyledConnectButton, { Custom })
