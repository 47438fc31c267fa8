'use client'
import { useEffect, useState, type ReactNode } from 'react'
import type { AppearanceProps } from '../appearance/appearance.ts'
import { useLater } from '../useLater.ts'
import { useProviders } from '../useProviders.ts'
import { forgetRequest, requestedProvider } from './requestedProvider.ts'

const load = () => import('./RequestedDialog.tsx')

export interface RequestedConnectionProps extends AppearanceProps<unknown> {
  /**
   * What the accounts of this page belong to, such as the name of the organization, for whoever opens the link to recognise.
   * @defaultValue not named
   */
  readonly workspace?: string | undefined
}

/**
 * Asks whoever has opened a link of `RequestConnectionLink` whether to connect that provider; else it is nothing. What the link names has
 * to be a provider that the server has registered.
 *
 * @security Opening the link starts nothing. The question says what is connected to what, and a click of the person who is signed in is the start.
 *
 * @example
 * <RequestedConnection workspace={organization.name} />
 */
export function RequestedConnection(props: RequestedConnectionProps): ReactNode {
  // Read after the first paint, which has to be the server's.
  const [requested, setRequested] = useState<string | null>(null)
  useEffect(() => setRequested(requestedProvider()), [])
  const { data } = useProviders({ query: { enabled: requested !== null } })
  const summary = data?.find((provider) => provider.id === requested)
  const later = useLater(load, summary !== undefined)
  const close = (): void => {
    forgetRequest()
    setRequested(null)
  }
  return later && summary && <later.RequestedDialog {...props} summary={summary} close={close} />
}
