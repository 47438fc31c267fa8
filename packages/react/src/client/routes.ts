// The calls to the server's routes, one function each, so that a bundle holds only those it uses. All reject with an AuthpipeError.
import {
  AuthpipeError,
  parseConnections,
  parseProviders,
  parseSession,
  type Connection,
  type Parser,
  type ProviderSummary,
  type Session,
} from '@authpipe/core'
import type { AuthpipeClient } from './createClient.ts'

/** Which connections are asked for. */
export interface ConnectionFilter {
  /** Only those of this provider. */
  readonly provider?: string
}

const parseNothing: Parser<void> = () => undefined
const session = (id: string): string => `/sessions/${encodeURIComponent(id)}`

/** Lists the registered providers. */
export async function listProviders(client: AuthpipeClient, signal: AbortSignal | null = null): Promise<readonly ProviderSummary[]> {
  return (await client.call('/providers', parseProviders, { signal })).providers
}

/** Lists the connections of the signed-in user, disconnected ones included. */
export async function listConnections(
  client: AuthpipeClient,
  { provider }: ConnectionFilter = {},
  signal: AbortSignal | null = null,
): Promise<readonly Connection[]> {
  const query = provider === undefined ? '' : `?provider=${encodeURIComponent(provider)}`
  return (await client.call(`/connections${query}`, parseConnections, { signal })).connections
}

/** Disconnects a connection: here at once, at the provider soon after. */
export const disconnect = (client: AuthpipeClient, connectionId: string): Promise<void> =>
  client.call(`/connections/${encodeURIComponent(connectionId)}`, parseNothing, { method: 'DELETE' })

/** Finds a session; `undefined` where the server knows none, as before its start has arrived. */
export const findSession = (client: AuthpipeClient, id: string): Promise<Session | undefined> =>
  client.call(session(id), parseSession).catch((error: unknown) => {
    if (error instanceof AuthpipeError && error.code === 'session_not_found') return undefined
    throw error
  })

/** Ends a pending session; one that has just been finished stays finished. */
export const cancelSession = (client: AuthpipeClient, id: string): Promise<void> => client.call(session(id), parseNothing, { method: 'DELETE' })
