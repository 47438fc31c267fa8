'use client'
import { useEffect, useState, type ReactNode } from 'react'
import { DisconnectDialog } from '../disconnect-dialog/DisconnectDialog.tsx'
import { useCheckConnection } from '../useCheckConnection.ts'
import { useLocale } from '../useLocale.ts'
import { useKnownProvider } from '../useProviderName.ts'
import { useRelativeTime } from '../useRelativeTime.ts'
import { useCard } from './CardContext.ts'

/** What there is to know of a connection and to do with it. Loaded when somebody wants to manage one. */
export function ConnectionDetails({ allowMultiple = false }: { readonly allowMultiple?: boolean | undefined }): ReactNode {
  const { state, texts, title, detailsId, setManaged } = useCard()
  const [asks, setAsks] = useState(false)
  // A connection that is just being disconnected is no longer listed, and still spoken of.
  const [shown, setShown] = useState(state.connection)
  if (state.connection && state.connection !== shown) setShown(state.connection)
  const isGone = !state.connection || state.connectionStatus === 'revoked'
  useEffect(() => {
    if (isGone && !asks) setManaged(false)
  }, [isGone, asks, setManaged])

  const summary = useKnownProvider(state.provider.id)
  const locale = useLocale()
  const checked = useRelativeTime(shown?.health.checkedAt)
  const { mutate: check, isPending } = useCheckConnection()
  if (!shown) return null

  const { id, account, connectedAt, credentialType, kind, scopes, health } = shown
  const described = new Map(summary?.auth.flatMap((way) => way.scopes.map((scope) => [scope.id, scope.description] as const)))
  const isKey = credentialType === 'api_key'
  const fact = (label: string, value: ReactNode): ReactNode => (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  )
  const action = (label: string, run: () => void): ReactNode => (
    <button type="button" className="ap-button" data-size="sm" onClick={run}>
      <span>
        {label} <span className="ap-hidden">{title}</span>
      </span>
    </button>
  )
  return (
    <div id={detailsId} className="ap-details">
      <dl>
        {fact(texts.account, account.label ?? account.id)}
        {fact(texts.connectedOn, <time dateTime={connectedAt}>{new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(connectedAt))}</time>)}
        {fact(
          texts.checked,
          <>
            <span role="status">{health.checkedAt === undefined ? texts.never : checked}</span>{' '}
            <button type="button" className="ap-link" aria-busy={isPending} onClick={() => isPending || check({ connectionId: id })}>
              {texts.check}
            </button>
          </>,
        )}
        {scopes.length > 0 && fact(texts.permissions, <ul>{scopes.map((scope) => <li key={scope}>{described.get(scope) ?? <code>{scope}</code>}</li>)}</ul>)}
      </dl>
      <div className="ap-footer">
        {kind === 'user' && action(isKey ? texts.updateKey : texts.reconnect, state.getButtonProps().onClick)}
        {allowMultiple && kind === 'user' && action(texts.connectAnother, state.connectAnother)}
        {action(texts.disconnect, () => setAsks(true))}
      </div>
      <DisconnectDialog connection={shown} open={asks} onOpenChange={setAsks} onDisconnect={() => setManaged(false)} />
    </div>
  )
}
