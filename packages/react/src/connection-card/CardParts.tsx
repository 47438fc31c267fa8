'use client'
// The parts of a card. Each shows what the card around it knows.
import { createElement, type ReactNode } from 'react'
import { ConnectNote, NoteText, noteTone } from '../connect-button/ConnectNote.tsx'
import { Icon, tick } from '../connect-button/Icon.tsx'
import { badgeStatus } from '../health-badge/badgeStatus.ts'
import { HealthBadge } from '../health-badge/HealthBadge.tsx'
import { fill, fillIn } from '../messages.ts'
import { useRelativeTime } from '../useRelativeTime.ts'
import { useCard } from './CardContext.ts'

interface PartProps {
  readonly className?: string | undefined
}

/** The provider's logo, where an attempt turns its spinner. */
export function CardLogo({ className }: PartProps): ReactNode {
  const { state, look } = useCard()
  return (
    <span {...look.element('cardLogo', 'ap-logo', className)} aria-hidden="true">
      {state.provider.logo}
      {state.phase === 'done' && <Icon path={tick} />}
    </span>
  )
}

/** The provider's name, as the heading that names the card. */
export function CardTitle({ className, children }: PartProps & { readonly children?: ReactNode }): ReactNode {
  const { look, title, titleId, headingLevel } = useCard()
  return createElement(`h${headingLevel}`, { ...look.element('cardTitle', 'ap-card-title', className), id: titleId }, children ?? title)
}

/** How the connection is; nothing where there is none. */
export function CardBadge(): ReactNode {
  const { connection, connectionStatus } = useCard().state
  return connectionStatus !== 'absent' && connectionStatus !== 'revoked' && <HealthBadge connection={connection} />
}

/** The account that is connected; nothing where none is. */
export function CardAccount({ className }: PartProps): ReactNode {
  const { state, look } = useCard()
  const { connection, connectionStatus } = state
  if (!connection || connectionStatus === 'revoked') return null
  return <span {...look.element('cardAccount', '', className)}>{connection.account.label ?? connection.account.id}</span>
}

/** Since when it is connected, once the page has woken up; what it is for where it is not. */
export function CardMeta({ className }: PartProps): ReactNode {
  const { state, look, texts, description } = useCard()
  const { connection, connectionStatus } = state
  const time = useRelativeTime(connection?.connectedAt)
  const isAbsent = !connection || connectionStatus === 'revoked'
  return <span {...look.element('cardMeta', '', className)}>{isAbsent ? (description ?? texts.absent) : time && fillIn(texts.connectedAgo, { time })}</span>
}

/** What happens, or what is wrong, with what can be done about it; in quiet times its children. */
export function CardStatus({ className, children }: PartProps & { readonly children?: ReactNode }): ReactNode {
  const { state: given, look, texts, root } = useCard()
  // Of a connection that is known it is said once, by the list, that it could not be read again.
  const state = given.connection ? { ...given, loadError: null } : given
  const tone = noteTone(state)
  const lacks = !tone && badgeStatus(state.connection) === 'missing_scopes'
  const isSeen = tone !== undefined || lacks
  return (
    <div {...look.element('cardStatus', 'ap-card-status', className)} data-tone={tone}>
      <span {...state.getStatusProps()} className={isSeen ? undefined : 'ap-hidden'}>
        {lacks ? fill(texts.missingScopes, state.provider.name) : <NoteText {...state} />}
      </span>
      {!isSeen && children}
      <ConnectNote state={state} showStatus={false} root={root} />
    </div>
  )
}

/** The one button that fits the state, and what leads to everything else; or what the app puts there. */
export function CardActions({ className, children }: PartProps & { readonly children?: ReactNode }): ReactNode {
  const { state, kind, look, texts, title, action, isManaged, setManaged, detailsId } = useCard()
  const { connection, connectionStatus, phase, loading } = state
  const status = badgeStatus(connection)
  const isThere = connection !== null && connectionStatus !== 'revoked'
  const isUnderWay = phase !== 'idle' && phase !== 'done' && phase !== 'error' && phase !== 'blocked'
  const manages = isThere && !isUnderWay && (status === 'active' || status === 'degraded')
  const mends = isThere && !isUnderWay && !manages

  const start = kind === 'installation' ? texts.install : texts.connect
  const mend =
    status === 'missing_scopes' ? texts.updatePermissions
    : kind === 'installation' ? texts.install
    : connection?.credentialType === 'api_key' ? texts.updateKey
    : texts.reconnect
  const label = isUnderWay ? state.label : manages ? texts.manage : mends ? mend : start
  const toggle = { 'aria-expanded': isManaged, 'aria-controls': isManaged ? detailsId : undefined, onClick: () => setManaged(!isManaged) }

  return (
    <div {...look.element('cardActions', 'ap-card-actions', className)}>
      {children ?? (
        <>
          {mends && (
            <button type="button" className="ap-button" data-variant="ghost" {...toggle}>
              <Icon path="M3.5 8h.01M8 8h.01M12.5 8h.01" />
              <span className="ap-hidden">
                {texts.manage} {title}
              </span>
            </button>
          )}
          <button
            {...state.getButtonProps()}
            ref={action}
            className="ap-button"
            data-variant={mends ? 'primary' : 'outline'}
            data-loading={loading || undefined}
            data-labels={[label, ...state.labels.slice(2, 3)].join('\n')}
            {...(manages && { ...toggle, 'aria-disabled': false })}
          >
            <span className="ap-content">
              {label} <span className="ap-hidden">{title}</span>
            </span>
          </button>
        </>
      )}
    </div>
  )
}
