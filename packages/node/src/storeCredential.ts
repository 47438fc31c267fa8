import { parseConnection, type Connection, type CredentialToStore } from '@authpipe/core'
import type { AuthpipeServer } from './authpipeServer.ts'
import type { CredentialReader } from './credentialReader.ts'

/** Stores a credential at the server. Whoever reads afterwards gets it, since what memory holds of that provider is forgotten. */
export async function storeCredential(server: AuthpipeServer, reader: CredentialReader, given: CredentialToStore, signal: AbortSignal | undefined): Promise<Connection> {
  const { provider, tenantId, userId, credentialType, fields, settings, verify, overlapMs } = given
  const body = { provider, tenantId, userId, credentialType, fields, settings, verify, overlapMs }
  const connection = await server.ask({ method: 'PUT', path: '/credentials', body, parse: parseConnection, signal })
  reader.forget(tenantId, provider)
  return connection
}
