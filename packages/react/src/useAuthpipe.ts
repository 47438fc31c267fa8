'use client'
import { useContext, useState } from 'react'
import { QueryClient, QueryClientContext } from '@tanstack/react-query'
import { AuthpipeContext, type AuthpipeContextValue } from './AuthpipeContext.ts'
import { createClientCore, defaultBasePath, type ClientCore } from './client/createClientCore.ts'

/** How often what a visible page shows is read again unless the app says otherwise, in milliseconds. */
export const usualRefetchMs = 60_000

const clients = new Map<string, ClientCore>()
let pageQueryClient: QueryClient | undefined

/** The one client of a base path on this page, so that attempts to connect outlive the components that started them. */
export function pageClient(basePath = defaultBasePath): ClientCore {
  const client = clients.get(basePath) ?? createClientCore({ basePath })
  clients.set(basePath, client)
  return client
}

/** The QueryClient of the host app, or our own: one per page in a browser, a fresh one per render on a server, where users must not share data. */
export function useHostQueryClient(): QueryClient {
  const host = useContext(QueryClientContext)
  const [own] = useState(() => host ?? (typeof document === 'undefined' ? new QueryClient() : openPageQueryClient()))
  return host ?? own
}
function openPageQueryClient(): QueryClient {
  if (!pageQueryClient) {
    pageQueryClient = new QueryClient()
    // No QueryClientProvider does it for this one: listen to focus and to going online, for as long as the page lives.
    pageQueryClient.mount()
  }
  return pageQueryClient
}

/** What the tree has in common, or the defaults where there is no `AuthpipeProvider`. */
export function useAuthpipe(): AuthpipeContextValue {
  const given = useContext(AuthpipeContext)
  const queryClient = useHostQueryClient()
  return given ?? { client: pageClient(), queryClient, providers: {}, messages: {}, mode: 'auto', refetchIntervalMs: usualRefetchMs }
}
