// The calls to the server's routes, one function each, so that a bundle holds only those it uses. All reject with an AuthpipeError.
import {
  parseConnection,
  parseConnections,
  parseProviders,
  type Connection,
  type Parser,
  type ProviderSummary,
  type StoreCredentialBody,
} from '@authpipe/core'
import type { AuthpipeClient } from './createClient.ts'

/** Which connections are asked for. */
export interface ConnectionFilter {
  /** Only those of this provider. */
  readonly provider?: string
}

const parseNothing: Parser<void> = () => undefined

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

/** Has a key verified by its provider and stored; rejects where it is refused, naming its field, and where it could not be told. */
export const storeCredential = (client: AuthpipeClient, body: StoreCredentialBody): Promise<Connection> =>
  client.call('/connections', parseConnection, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
