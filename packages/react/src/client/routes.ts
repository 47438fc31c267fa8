// The calls to the server's routes, one function each, so that a bundle holds only those it uses. All reject with an AuthpipeError.
import {
  parseConnection,
  parseProviders,
  type Connection,
  type Parser,
  type ProviderSummary,
  type StoreCredentialBody,
} from '@authpipe/core'
import type { ClientCore } from './createClientCore.ts'
import { parseConnectionList } from './readAnswer.ts'

/** Which connections are asked for. */
export interface ConnectionFilter {
  /** Only those of this provider. */
  readonly provider?: string
}

const parseNothing: Parser<void> = () => undefined

/** Lists the registered providers. */
export async function listProviders(client: ClientCore, signal: AbortSignal | null = null): Promise<readonly ProviderSummary[]> {
  return (await client.call('/providers', parseProviders, { signal })).providers
}

/** Lists the connections of the signed-in user, disconnected ones included. */
export const listConnections = (client: ClientCore, { provider }: ConnectionFilter = {}, signal: AbortSignal | null = null): Promise<readonly Connection[]> =>
  client.call(`/connections${provider === undefined ? '' : `?provider=${encodeURIComponent(provider)}`}`, parseConnectionList, { signal })

/** Disconnects a connection: here at once, at the provider soon after. */
export const disconnect = (client: ClientCore, connectionId: string): Promise<void> =>
  client.call(`/connections/${encodeURIComponent(connectionId)}`, parseNothing, { method: 'DELETE' })

/** Has a key verified by its provider and stored; rejects where it is refused, naming its field, and where it could not be told. */
export const storeCredential = (client: ClientCore, body: StoreCredentialBody): Promise<Connection> =>
  client.call('/connections', parseConnection, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** Has the server ask the provider now whether a connection works. */
export const checkConnection = (client: ClientCore, connectionId: string): Promise<Connection> =>
  client.call(`/connections/${encodeURIComponent(connectionId)}/check`, parseConnection, { method: 'POST' })
