'use client'
import { forwardRef, useId, useState, type ComponentPropsWithRef, type HTMLAttributes, type ReactNode } from 'react'
import type { ProviderId, ProviderSummary } from '@authpipe/core'
import type { AppearanceProps, Render } from '../appearance/appearance.ts'
import { useLook } from '../appearance/useLook.ts'
import { useRoot } from '../appearance/useRoot.ts'
import { Icon } from '../connect-button/Icon.tsx'
import { findConnection } from '../findConnection.ts'
import { countedText } from '../messages.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { useConnections } from '../useConnections.ts'
import { useLocale } from '../useLocale.ts'
import { useProviders } from '../useProviders.ts'
import { useSearchEvent } from '../useSearchEvent.ts'
import { gridTexts } from './gridTexts.ts'
import { matchesQuery } from './matchesQuery.ts'
import { ProviderTile } from './ProviderTile.tsx'

/** What looks of a grid may depend on. */
export interface ProviderGridState {
  /** The providers that are shown. */
  readonly providers: readonly ProviderSummary[]
  readonly query: string
  readonly loading: boolean
}

export interface ProviderGridProps extends AppearanceProps<ProviderGridState>, Omit<HTMLAttributes<HTMLDivElement>, 'children' | 'onSelect' | keyof AppearanceProps<never>> {
  /**
   * Only these, in this order.
   * @defaultValue all that the server has registered
   */
  readonly providers?: readonly ProviderId[] | undefined
  /**
   * Only those of these categories, in this order.
   * @defaultValue all
   */
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
  /**
   * What is searched for at first, where you do not control it.
   * @defaultValue nothing
   */
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
  /**
   * Shown where there is nothing to choose from.
   * @defaultValue a sentence
   */
  readonly empty?: ReactNode
  /**
   * Where people ask for another integration; the last tile leads there.
   * @defaultValue no such tile
   */
  readonly requestUrl?: string | undefined
  /** Another element in the place of the `<div>`. */
  readonly render?: Render<ComponentPropsWithRef<'div'>, ProviderGridState> | undefined
}

/**
 * Shows the providers that people can connect as tiles by category, with a search, and marks those that are connected.
 *
 * @example
 * <ProviderGrid onSelect={({ id }) => router.push(`/integrations/${id}`)} />
 */
export const ProviderGrid = forwardRef<HTMLDivElement, ProviderGridProps>(function ProviderGrid(props, ref) {
  const { providers: named, categories: chosen, onSelect, search = true, query: given, defaultQuery = '', onQueryChange, layout = 'grid', hideConnected, ...rest } = props
  const { empty, requestUrl, ...root } = rest
  const { messages } = useAuthpipe()
  const texts = { ...gridTexts, ...messages.providerGrid }
  const locale = useLocale()
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
  const offered = choose(providers ?? [], named, chosen).filter((provider) => !(hideConnected && statusOf(provider) === 'active'))
  const found = offered.filter((provider) => matchesQuery(provider, query))
  useSearchEvent(query, found.length)
  const categories = chosen ?? [...new Set(offered.map(({ category }) => category))]
  const groups = categories.map((category) => ({ category, tiles: found.filter((provider) => provider.category === category) })).filter(({ tiles }) => tiles.length > 0)

  const look = useLook(root, { providers: found, query, loading: isPending })

  return useRoot('div', 'grid', 'ap-grid', root, look, {
    ref,
    'data-layout': layout,
    'aria-busy': isPending,
    children: (
      <>
        {search && (
          <div {...look.element('search', 'ap-search')} role="search">
            <label htmlFor={searchId}>{texts.search}</label>
            <span className="ap-input">
              <Icon path="M11 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM10 10l4 4" />
              <input id={searchId} type="search" value={query} autoComplete="off" spellCheck={false} onChange={({ target }) => ask(target.value)} />
            </span>
          </div>
        )}
        <p className="ap-count" role="status">
          {isPending ? texts.loading : providers && search && countedText(texts.found, found.length, locale)}
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
                <li key={provider.id} {...look.element('gridItem', '')}>
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
      </>
    ),
  })
})

/** The providers that are asked for, in the order in which they are. */
function choose(known: readonly ProviderSummary[], named: ProviderGridProps['providers'], categories: ProviderGridProps['categories']): readonly ProviderSummary[] {
  const found = named ? named.flatMap((id) => known.filter((provider) => provider.id === id)) : known
  return found.filter(({ category }) => !categories || categories.includes(category))
}
