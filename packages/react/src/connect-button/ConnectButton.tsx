'use client'
import { forwardRef, useRef, type ComponentPropsWithRef, type ReactNode, type RefAttributes } from 'react'
import type { ProviderId } from '@authpipe/core'
import type { AppearanceProps, Render } from '../appearance/appearance.ts'
import { useRender } from '../appearance/useRender.ts'
import { useLook } from '../appearance/useLook.ts'
import { useConnectButton, type ConnectButtonOptions, type ConnectButtonState, type NativeButtonProps } from './useConnectButton.ts'

export interface ConnectButtonProps<P extends ProviderId = ProviderId> extends ConnectButtonOptions<P>, NativeButtonProps, AppearanceProps<ConnectButtonState> {
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
  /** Another element in the place of the `<button>`: one, or a function of the props and the state that makes one. */
  readonly render?: Render<ComponentPropsWithRef<'button'>, ConnectButtonState> | undefined
}

const StyledConnectButton = forwardRef<HTMLButtonElement, ConnectButtonProps>(function ConnectButton(props, ref) {
  const { variant = 'outline', size = 'md', fullWidth, showLogo = true, showStatus = true, children, render, onClick, ...rest } = props
  const { className, style, appearance, unstyled, ...options } = rest
  const [state, { note, dialog, native, activeText }] = useConnectButton(options)
  const { element, variables } = useLook(rest, state)
  const { phase, connectionStatus, labels } = state
  const { name, logo } = state.provider
  const button = state.getButtonProps()
  const pill = showStatus && connectionStatus === 'active' && phase === 'idle'
  const root = useRef<HTMLSpanElement>(null)

  return (
    <span ref={root} className="ap-connect" style={variables} data-full-width={fullWidth}>
      {useRender(
        render,
        'button',
        {
          ...native,
          ...button,
          ref,
          ...element('connectButton', 'ap-button', className, style),
          'data-provider': state.provider.id,
          'data-status': connectionStatus,
          'data-phase': phase,
          'data-variant': variant,
          'data-size': size,
          'data-loading': state.loading || undefined,
          // Room for the longest label, so that nothing beside the button moves when it changes. The pill is wider than its word.
          'data-labels': children ? undefined : [...labels, `${name}\u2003\u2003\u2003${labels.at(-1)}`].join('\n'),
          onClick: (event) => {
            onClick?.(event)
            if (!event.defaultPrevented) button.onClick()
          },
          children: (
            <span {...element('connectButtonLabel', 'ap-content')}>
              {children ?? (
                <>
                  {showLogo && (
                    <span {...element('connectButtonLogo', 'ap-logo')} aria-hidden="true">
                      {logo}
                    </span>
                  )}
                  {pill ? `${name} ` : state.label}
                  {pill && (
                    <span {...element('badge', 'ap-pill')} data-status="active">
                      {activeText}
                    </span>
                  )}
                </>
              )}
            </span>
          ),
        },
        state,
      )}
      <span className="ap-note" data-tone={note === null ? 'danger' : note?.noteTone(state)}>
        <span {...state.getStatusProps()} />
        {note && <note.ConnectNote state={state} showStatus={showStatus} root={root} />}
      </span>
      {dialog}
    </span>
  )
})

export interface CustomConnectButtonProps<P extends ProviderId = ProviderId> extends ConnectButtonOptions<P> {
  readonly children: (state: ConnectButtonState) => ReactNode
}

/** A connect button that looks like nothing: `children` gets all that it needs and draws it. It works in client components only. */
function Custom<P extends ProviderId>({ children, ...options }: CustomConnectButtonProps<P>): ReactNode {
  const [state, { dialog }] = useConnectButton(options)
  return (
    <>
      {children(state)}
      {dialog}
    </>
  )
}

/** Written out, so that the ids of an app's `Register` are those of the button, and scopes and settings those of its provider. */
export interface ConnectButtonComponent {
  <P extends ProviderId>(props: ConnectButtonProps<P> & RefAttributes<HTMLButtonElement>): ReactNode
  readonly Custom: typeof Custom
}

/**
 * Connects a provider in a window of its own, or by an API key in a dialog, and shows the connection there is. It works without an `AuthpipeProvider` too.
 *
 * `onSuccess` is called once per attempt, on the page that started it, also after a reload.
 *
 * @example
 * <ConnectButton provider="livechat" onSuccess={(conn) => console.log('Connected!', conn)} />
 */
export const ConnectButton: ConnectButtonComponent = Object.assign(StyledConnectButton, { Custom })
