'use client'
import { useId, useState, type CSSProperties, type ReactNode } from 'react'
import type { ProviderSummary } from '@authpipe/core'
import { Icon } from '../connect-button/Icon.tsx'
import { findConnection } from '../findConnection.ts'
import type { ProviderId } from '../providerId.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { useConnections } from '../useConnections.ts'
import { useProviders } from '../useProviders.ts'
import { gridTexts } from './gridTexts.ts'
import { matchesQuery } from './matchesQuery.ts'
import { ProviderTile } from './ProviderTile.tsx'

export interface ProviderGridProps {
  /**
   * Only these, in this order.
   * @defaultValue all that the server has registered
   */
  readonly providers?: readonly ProviderId[] | undefined
  /** Only those of these categories, in this order. @defaultValue all */
  readonly categories?: readonly string[] | undefined
  /**
   * Called with the provider that was chosen, to show a page or a dialog of it.
   * @defaultValue the tile connects the provider, as a `ConnectButton` does
   */
  readonly onSelect?: ((provider: ProviderSummary) => void) | undefined
  /**
   * Whether there is a search.
   * @defaultValue `true`
   */
  readonly search?: boolean | undefined
  /** What is searched for, where you control it. */
  readonly query?: string | undefined
  /** What is searched for at first, where you do not control it. @defaultValue nothing */
  readonly defaultQuery?: string | undefined
  readonly onQueryChange?: ((query: string) => void) | undefined
  /**
   * Tiles side by side, or one below the other.
   * @defaultValue `grid`
   */
  readonly layout?: 'grid' | 'list' | undefined
  /**
   * Whether providers with an active connection are left out.
   * @defaultValue `false`
   */
  readonly hideConnected?: boolean | undefined
  /** Shown where there is nothing to choose from. @defaultValue a sentence */
  readonly empty?: ReactNode
  /** Where people ask for another integration; the last tile leads there. @defaultValue no such tile */
  readonly requestUrl?: string | undefined
  readonly className?: string | undefined
  readonly style?: CSSProperties | undefined
}

/**
 * Shows the providers that people can connect as tiles by category, with a search, and marks those that are connected.
 *
 * @example
 * <ProviderGrid onSelect={({ id }) => router.push(`/integrations/${id}`)} />
 */
export function ProviderGrid(props: ProviderGridProps): ReactNode {
  const { onSelect, search = true, query: given, defaultQuery = '', onQueryChange, layout = 'grid', empty, requestUrl, className, style } = props
  const { messages } = useAuthpipe()
  const texts = { ...gridTexts, ...messages.providerGrid }
  const searchId = useId()
  const { data: providers, isPending, refetch } = useProviders()
  const { data: connections = [] } = useConnections()
  const [ownQuery, setOwnQuery] = useState(defaultQuery)
  const query = given ?? ownQuery
  const ask = (next: string): void => {
    setOwnQuery(next)
    onQueryChange?.(next)
  }

  const statusOf = ({ id }: ProviderSummary) => findConnection(connections, { provider: id })?.status
  const offered = choose(providers ?? [], props).filter((provider) => !(props.hideConnected && statusOf(provider) === 'active'))
  const found = offered.filter((provider) => matchesQuery(provider, query))
  const categories = props.categories ?? [...new Set(offered.map(({ category }) => category))]
  const groups = categories.map((category) => ({ category, tiles: found.filter((provider) => provider.category === category) })).filter(({ tiles }) => tiles.length > 0)

  return (
    <div className={['ap-grid', className].filter(Boolean).join(' ')} style={style} data-layout={layout} aria-busy={isPending}>
      {search && (
        <div className="ap-search" role="search">
          <label htmlFor={searchId}>{texts.search}</label>
          <span className="ap-input">
            <Icon path="M11 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM10 10l4 4" />
            <input id={searchId} type="search" value={query} autoComplete="off" spellCheck={false} onChange={({ target }) => ask(target.value)} />
          </span>
        </div>
      )}
      <p className="ap-count" role="status">
        {isPending ? texts.loading : providers && search && texts.found.replaceAll('{count}', String(found.length))}
      </p>
      {isPending && (
        <div className="ap-tiles" aria-hidden="true">
          {[1, 2, 3].map((tile) => (
            <span key={tile} className="ap-button ap-tile" data-loading />
          ))}
        </div>
      )}
      {groups.map(({ category, tiles }) => (
        <section key={category} aria-label={category}>
          {categories.length > 1 && <p className="ap-category">{category}</p>}
          <ul className="ap-tiles">
            {tiles.map((provider) => (
              <li key={provider.id}>
                <ProviderTile provider={provider} status={statusOf(provider)} onSelect={onSelect} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {!isPending && groups.length === 0 && (
        <div className="ap-nothing">
          {!providers ? texts.failed : offered.length === 0 ? (empty ?? texts.empty) : texts.noMatch.replaceAll('{query}', query.trim())}
          {(!providers || offered.length > 0) && (
            <button type="button" className="ap-link" onClick={() => (providers ? ask('') : void refetch())}>
              {providers ? texts.clear : texts.retry}
            </button>
          )}
        </div>
      )}
      {requestUrl !== undefined && (
        <a className="ap-button ap-tile ap-tile-text ap-request" href={requestUrl}>
          <b>{texts.request}</b> <span>{texts.requestHint}</span>
        </a>
      )}
    </div>
  )
}

/** The providers that are asked for, in the order in which they are. */
function choose(known: readonly ProviderSummary[], { providers, categories }: ProviderGridProps): readonly ProviderSummary[] {
  const named = providers ? providers.flatMap((id) => known.filter((provider) => provider.id === id)) : known
  return named.filter(({ category }) => !categories || categories.includes(category))
}
