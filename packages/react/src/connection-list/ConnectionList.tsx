'use client'
import { forwardRef, useState, type ComponentPropsWithRef, type HTMLAttributes, type ReactNode } from 'react'
import type { Connection, ProviderId } from '@authpipe/core'
import type { AppearanceProps, Render } from '../appearance/appearance.ts'
import { useLook } from '../appearance/useLook.ts'
import { useRoot } from '../appearance/useRoot.ts'
import { ConnectionCard, type ConnectionCardProps } from '../connection-card/ConnectionCard.tsx'
import { connectionRef } from '../connectionRef.ts'
import { useHeldRows } from '../held-rows/useHeldRows.ts'
import { useConnections, type ConnectionsFilter } from '../useConnections.ts'
import { useLocale } from '../useLocale.ts'
import { useMessages } from '../useMessages.ts'
import { useProviders } from '../useProviders.ts'
import { listTexts } from './listTexts.ts'

/** An integration that is listed, whether or not it is connected, with what its card is told. */
export interface ListedIntegration extends Omit<ConnectionCardProps, 'connection' | 'provider'> {
  readonly provider: ProviderId
}

/** What looks of a list may depend on. */
export interface ConnectionListState {
  readonly connections: readonly Connection[]
  readonly loading: boolean
}

export interface ConnectionListProps extends AppearanceProps<ConnectionListState>, Omit<HTMLAttributes<HTMLElement>, 'title' | 'children' | keyof AppearanceProps<never>> {
  /**
   * Integrations that are listed even while they are not connected.
   * @defaultValue only what is connected
   */
  readonly providers?: readonly (ProviderId | ListedIntegration)[] | undefined
  /**
   * Which connections are listed.
   * @defaultValue all of them
   */
  readonly filter?: ConnectionsFilter | undefined
  /**
   * A heading, which says how many are connected.
   * @defaultValue none
   */
  readonly title?: string | undefined
  /**
   * How deep the headings of the rows are on the page; that of the list is one above.
   * @defaultValue `3`
   */
  readonly headingLevel?: 2 | 3 | 4 | 5 | 6 | undefined
  /** @defaultValue `none` */
  readonly groupBy?: 'none' | 'status' | 'category' | undefined
  /**
   * Shown where nothing is connected.
   * @defaultValue a title and a sentence
   */
  readonly emptyState?: ReactNode
  /** Draws a row in the place of a `ConnectionCard`; what it returns stands in an `<li>` with this `key`. */
  readonly renderItem?: ((item: ConnectionListItem) => ReactNode) | undefined
  /**
   * How many rows there seem to be while they are loaded.
   * @defaultValue as many as `providers`, else `3`
   */
  readonly skeletonCount?: number | undefined
  /** What every card is told. */
  readonly card?: Omit<ConnectionCardProps, 'connection' | 'provider' | 'kind'> | undefined
  /** Another element in the place of the `<div>` around the list. */
  readonly render?: Render<ComponentPropsWithRef<'div'>, ConnectionListState> | undefined
}

/** A row: a connection, or an integration that has none. */
export interface ConnectionListItem extends ListedIntegration {
  readonly key: string
  readonly connection: Connection | undefined
}

/**
 * Lists what is connected, what needs attention first. A row keeps its place while the page is open, and stays until the user turns away from it.
 *
 * @example
 * <ConnectionList title="Connected accounts" />
 */
export const ConnectionList = forwardRef<HTMLDivElement, ConnectionListProps>(function ConnectionList(props, ref): ReactNode {
  const { providers, filter, title, headingLevel = 3, groupBy = 'none', emptyState, renderItem, skeletonCount = providers?.length ?? 3, card, ...rest } = props
  const { 'aria-label': label, ...root } = rest
  const messages = useMessages()
  const texts = { ...listTexts, ...messages.connectionList }
  const locale = useLocale()
  const { data, error, isPending, refetch } = useConnections(filter)
  const { data: summaries } = useProviders({ query: { enabled: groupBy === 'category' } })

  // What could not be read is not shown as absent.
  const held = useHeldRows(useSteadyOrder(data ? listItems(data, providers) : []), rest.onFocus)
  const look = useLook(rest, { connections: data ?? [], loading: isPending })

  const groupOf = ({ connection, provider }: ConnectionListItem): string =>
    groupBy === 'none' ? ''
    : groupBy === 'category' ? (summaries?.find(({ id }) => id === provider)?.category ?? '')
    : !connection ? texts.absent
    : connection.status === 'active' ? texts.connected
    : texts.attention
  const groups = [...new Set(held.rows.map(groupOf))]
  const Heading = `h${(headingLevel - 1) as 1 | 2}` as const

  const row = (item: ConnectionListItem): ReactNode => {
    const { key, connection, provider, kind, ...own } = item
    if (renderItem) {
      return (
        <li key={key} data-row={key}>
          {renderItem(item)}
        </li>
      )
    }
    const named = connection && connectionRef(connection, data ?? [])
    const shown = named?.connectionId ? { connection } : { provider, kind }
    return <ConnectionCard headingLevel={headingLevel} {...card} {...own} {...shown} key={key} role={undefined} data-row={key} render={<li />} />
  }

  return useRoot('div', 'list', 'ap-connections', root, look, {
    ref,
    onFocus: held.onFocus,
    'aria-busy': isPending,
    children: (
      <>
        {title !== undefined && (
          <Heading>
            {title} {data && <span>{new Intl.NumberFormat(locale).format(data.filter(({ status }) => status === 'active').length)}</span>}
          </Heading>
        )}
        {isPending && (
          <>
            <p className="ap-hidden" role="status">
              {messages.loading}
            </p>
            <div className="ap-list" aria-hidden="true">
              {Array.from({ length: skeletonCount }, (_, index) => (
                <div key={index} className="ap-card" data-loading>
                  <span className="ap-logo" />
                  <div className="ap-card-body" />
                </div>
              ))}
            </div>
          </>
        )}
        {error && (
          <p className="ap-nothing" role="status">
            {texts.failed}{' '}
            <button type="button" className="ap-link" onClick={() => void refetch()}>
              {messages.retry}
            </button>
          </p>
        )}
        {groups.map((group) => (
          <section key={group} aria-label={group || undefined}>
            {group && <p className="ap-category">{group}</p>}
            <ul className="ap-list" aria-label={group || (label ?? title ?? texts.label)}>
              {held.rows.filter((item) => groupOf(item) === group).map(row)}
            </ul>
          </section>
        ))}
        {data && held.rows.length === 0 && (
          <div className="ap-nothing">
            {emptyState ?? (
              <>
                <b>{texts.empty}</b>
                <span>{texts.emptyHint}</span>
              </>
            )}
          </div>
        )}
      </>
    ),
  })
})

/** A row for each connection, and for each integration that has none. */
function listItems(connections: readonly Connection[], providers: ConnectionListProps['providers']): readonly ConnectionListItem[] {
  const rowsOf = (found: readonly Connection[], own: Partial<ListedIntegration> = {}): ConnectionListItem[] =>
    found.map((connection, index) => ({
      ...own,
      // The first keeps the key that the integration had without one, so that its row stays the same.
      key: index === 0 ? `${connection.provider}:${connection.kind}` : connection.id,
      provider: connection.provider,
      kind: connection.kind,
      connection,
    }))
  if (!providers) {
    const names = new Set(connections.map(({ provider, kind }) => `${provider}:${kind}`))
    return [...names].flatMap((name) => rowsOf(connections.filter(({ provider, kind }) => `${provider}:${kind}` === name)))
  }
  return providers.flatMap((integration) => {
    const own: ListedIntegration = typeof integration === 'string' ? { provider: integration } : integration
    const { provider, kind = 'user' } = own
    const rows = rowsOf(connections.filter((one) => one.provider === provider && one.kind === kind), own)
    return rows.length > 0 ? rows : [{ ...own, key: `${provider}:${kind}`, kind, connection: undefined }]
  })
}

/** Puts what needs attention first, once: a row does not move while the user looks at it. */
function useSteadyOrder(items: readonly ConnectionListItem[]): readonly ConnectionListItem[] {
  const [known, setKnown] = useState<readonly string[]>([])
  const rank = ({ connection }: ConnectionListItem): number => (!connection || connection.status === 'active' ? 1 : 0)
  const fresh = items.filter(({ key }) => !known.includes(key)).toSorted((a, b) => rank(a) - rank(b))
  const order = [...known, ...fresh.map(({ key }) => key)]
  if (fresh.length > 0) setKnown(order)
  return items.toSorted((a, b) => order.indexOf(a.key) - order.indexOf(b.key))
}
