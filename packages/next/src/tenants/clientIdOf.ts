import { AuthpipeError } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import type { ConnectionRecord } from '../store/store.ts'

type Connected = Pick<ConnectionRecord, 'tenantId' | 'provider' | 'kind' | 'credentialType' | 'settings'>

/** Our client id that a connection was made with; `undefined` where it needs none, or none is registered. */
export async function clientIdOf({ registrations }: Engine, connection: Connected): Promise<string | undefined> {
  try {
    const provider = await registrations.find(connection.provider)?.at(connection)
    if (connection.kind === 'installation') return provider?.installation.clientId
    return connection.credentialType === 'oauth_token' ? provider?.oauth(connection.settings).clientId : undefined
  } catch (error) {
    if (error instanceof AuthpipeError) return undefined
    throw error
  }
}
