'use client'
import { forwardRef, useEffect, useId, useImperativeHandle, useRef, useState, type ComponentPropsWithRef, type ForwardedRef, type HTMLAttributes, type ReactNode } from 'react'
import type { Connection, ProviderId } from '@authpipe/core'
import type { AppearanceProps, Render } from '../appearance/appearance.ts'
import { useLook } from '../appearance/useLook.ts'
import { useRoot } from '../appearance/useRoot.ts'
import { ConnectButton } from '../connect-button/ConnectButton.tsx'
import type { ConnectButtonOptions, ConnectButtonState } from '../connect-button/useConnectButton.ts'
import { InstallMessages } from '../install-button/InstallMessages.tsx'
import { useLater } from '../useLater.ts'
import { useMessages } from '../useMessages.ts'
import { CardContext, type CardContextValue } from './CardContext.ts'
import { CardAccount, CardActions, CardBadge, CardLogo, CardMeta, CardStatus, CardTitle } from './CardParts.tsx'
import { cardTexts } from './cardTexts.ts'

type CardOptions = Omit<ConnectButtonOptions, 'provider' | 'connectionId' | 'connectedAction' | 'allowMultiple' | 'label'>
type NativeProps = Omit<HTMLAttributes<HTMLElement>, 'title' | keyof AppearanceProps<never> | keyof ConnectButtonOptions>

export interface ConnectionCardProps extends CardOptions, NativeProps, AppearanceProps<ConnectButtonState> {
  /** The provider whose connection in use it shows, or that there is none. */
  readonly provider?: ProviderId | undefined
  /** The connection that it shows, where there are several accounts; instead of `provider`. */
  readonly connection?: Connection | undefined
  /** @defaultValue the provider's name */
  readonly title?: string | undefined
  /**
   * What the integration is for, while there is no connection.
   * @defaultValue `Not connected`
   */
  readonly description?: ReactNode
  /**
   * How deep its heading is on the page.
   * @defaultValue `3`
   */
  readonly headingLevel?: CardContextValue['headingLevel'] | undefined
  /** What can be done, in the place of the one button that fits the state. */
  readonly actions?: ReactNode | ((state: ConnectButtonState) => ReactNode)
  /**
   * Whether another account can be connected beside the one there is.
   * @defaultValue `false`
   */
  readonly allowMultiple?: boolean | undefined
  /** An arrangement of the parts of your own: `ConnectionCard.Logo` and the others. */
  readonly children?: ReactNode
  /** Another element in the place of the `<div>`. */
  readonly render?: Render<ComponentPropsWithRef<'div'>, ConnectButtonState> | undefined
}

/** A card knows who shows it; so it is one element with hooks of its own inside the state of its button. */
interface CardProps extends Omit<ConnectionCardProps, keyof CardOptions> {
  readonly state: ConnectButtonState
  readonly kind: Connection['kind']
  readonly elementRef: ForwardedRef<HTMLDivElement>
}

const loadDetails = () => import('./ConnectionDetails.tsx')

function Card(props: CardProps): ReactNode {
  const { state, kind, elementRef, title, description, headingLevel = 3, actions, allowMultiple, children, ...rest } = props
  const look = useLook(rest, state)
  const messages = useMessages()
  const texts = { ...cardTexts, ...messages.connectionCard }
  const id = useId()
  const root = useRef<HTMLDivElement>(null)
  useImperativeHandle<HTMLDivElement | null, HTMLDivElement | null>(elementRef, () => root.current)
  const action = useRef<HTMLButtonElement>(null)
  const [isManaged, setManaged] = useState(false)
  const wasManaged = useRef(false)
  useEffect(() => {
    // What had the focus may have gone with the details.
    if (wasManaged.current && !isManaged && document.activeElement === document.body) action.current?.focus()
    wasManaged.current = isManaged
  }, [isManaged])
  const details = useLater(loadDetails, isManaged)
  const titleId = `${id}title`
  const { connectionStatus, phase, loading, provider } = state

  const card: CardContextValue = {
    state,
    kind,
    look,
    texts,
    title: title ?? provider.name,
    titleId,
    headingLevel,
    description,
    root,
    action,
    isManaged,
    setManaged,
    detailsId: `${id}details`,
  }
  const element = useRoot('div', 'card', 'ap-card', { role: 'group', 'aria-labelledby': titleId, ...rest }, look, {
    ref: root,
    'data-provider': provider.id,
    'data-status': connectionStatus,
    'data-phase': phase,
    'data-loading': loading || undefined,
    'data-busy': (!loading && state.getButtonProps()['aria-busy']) || undefined,
    children: (
      <>
        {children ?? (
          <>
            <CardLogo />
            <div className="ap-card-body">
              <div className="ap-card-head">
                <CardTitle />
                <CardBadge />
              </div>
              <CardStatus>
                <CardAccount />
                <CardMeta />
              </CardStatus>
            </div>
            <CardActions>{typeof actions === 'function' ? actions(state) : actions}</CardActions>
          </>
        )}
        {isManaged && details && <details.ConnectionDetails allowMultiple={allowMultiple} />}
        {isManaged && details === null && (
          <p role="alert" className="ap-details">
            {messages.errors.network_error}
          </p>
        )}
      </>
    ),
  })
  return <CardContext.Provider value={card}>{element}</CardContext.Provider>
}

const Root = forwardRef<HTMLDivElement, ConnectionCardProps>(function ConnectionCard(props, ref) {
  const { connection, provider = connection?.provider, kind = connection?.kind ?? 'user', authMethod, scopes, settings, mode, returnTo, ...rest } = props
  const { onSuccess, onError, onCancel, onStatusChange, ...own } = rest
  if (provider === undefined) throw new Error('A ConnectionCard shows a provider or a connection: give it one of the two.')
  // A user's own is what goes without saying: the attempts of this card are those of a ConnectButton.
  const options = { provider, kind: kind === 'user' ? undefined : kind, connectionId: connection?.id, connectedAction: 'reconnect' as const, authMethod, scopes, settings, mode, returnTo, onSuccess, onError, onCancel, onStatusChange }
  const card = <ConnectButton.Custom {...options}>{(state) => <Card {...own} state={state} kind={kind} elementRef={ref} />}</ConnectButton.Custom>
  return kind === 'installation' ? <InstallMessages>{card}</InstallMessages> : card
})

/**
 * Shows an account with all that can be done in its state: one button to connect, mend or manage it, and in a few words how it is.
 * The parts can be arranged anew; they work in client components only.
 *
 * @example
 * <ConnectionCard provider="livechat" description="Bring the chats of your customers in." />
 */
export const ConnectionCard = Object.assign(Root, {
  Root,
  Logo: CardLogo,
  Title: CardTitle,
  Badge: CardBadge,
  Account: CardAccount,
  Meta: CardMeta,
  Status: CardStatus,
  Actions: CardActions,
})
