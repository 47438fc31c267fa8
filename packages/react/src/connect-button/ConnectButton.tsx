'use client'
import { forwardRef, useEffect, useRef, type ButtonHTMLAttributes, type CSSProperties, type ReactNode } from 'react'
import type { ProviderId } from '../providerId.ts'
import { ConnectNote } from './ConnectNote.tsx'
import { Icon } from './Icon.tsx'
import { StatusPill } from './StatusPill.tsx'
import { useConnectButton, type ConnectButtonOptions, type ConnectButtonState } from './useConnectButton.ts'

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
  /** Replaces all that is inside the button, in every state. */
  readonly children?: ReactNode
  readonly className?: string | ((state: ConnectButtonState) => string)
  readonly style?: CSSProperties | ((state: ConnectButtonState) => CSSProperties)
}

const StyledConnectButton = forwardRef<HTMLButtonElement, ConnectButtonProps>(function ConnectButton(props, ref) {
  const { variant = 'outline', size = 'md', fullWidth, showLogo = true, showStatus = true, children, className, style, onClick, ...rest } = props
  // What is left for the element itself.
  const { provider, connectionId, scopes, settings, mode, returnTo, connectedAction, label, ...more } = rest
  const { onSuccess, onError, onCancel, onStatusChange, ...native } = more
  const state = useConnectButton(props)
  const { phase, connectionStatus, labels } = state
  const { name, logo } = state.provider
  const button = state.getButtonProps()
  const pill = showStatus && connectionStatus === 'active' && phase === 'idle'

  const root = useRef<HTMLSpanElement>(null)
  const hadFocus = useRef(false)
  useEffect(() => {
    // A blocked window asks for another click; and what had the focus may have gone with the last phase.
    const next = phase === 'blocked' ? 'form button' : document.activeElement === document.body && 'button'
    if (hadFocus.current && next) root.current?.querySelector<HTMLElement>(next)?.focus()
  }, [phase])

  return (
    <span
      ref={root}
      className="ap-connect"
      data-full-width={fullWidth}
      onFocus={() => (hadFocus.current = true)}
      onBlur={() => (hadFocus.current = false)}
    >
      <button
        {...native}
        {...button}
        ref={ref}
        className={['ap-button', typeof className === 'function' ? className(state) : className].join(' ').trimEnd()}
        style={typeof style === 'function' ? style(state) : style}
        data-provider={provider}
        data-status={connectionStatus}
        data-phase={phase}
        data-variant={variant}
        data-size={size}
        data-loading={state.loading || undefined}
        // Room for the longest label, so that nothing beside the button moves when it changes. The pill is wider than its word.
        data-labels={children ? undefined : [...labels, `${name}\u2003\u2003\u2003${labels.at(-1)}`].join('\n')}
        onClick={(event) => {
          onClick?.(event)
          if (!event.defaultPrevented) button.onClick()
        }}
      >
        <span className="ap-content">
          {children ?? (
            <>
              {showLogo && (
                <span className="ap-logo" aria-hidden="true">
                  {phase === 'done' ? <Icon name="active" /> : logo}
                </span>
              )}
              {pill ? `${name} ` : state.label}
              {pill && <StatusPill status="active" />}
            </>
          )}
        </span>
      </button>
      <ConnectNote state={state} showStatus={showStatus} />
    </span>
  )
})

export interface CustomConnectButtonProps<P extends ProviderId = ProviderId> extends ConnectButtonOptions<P> {
  readonly children: (state: ConnectButtonState) => ReactNode
}

/** A connect button that looks like nothing: `children` gets all that it needs and draws it. It works in client components only. */
function Custom<P extends ProviderId>({ children, ...options }: CustomConnectButtonProps<P>): ReactNode {
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
