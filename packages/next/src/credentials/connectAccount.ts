// From tokens that were just redeemed to a connection.
import type { Account } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import type { TokenSet } from '../oauth/tokenResponse.ts'
import type { RegisteredProvider } from '../registrations.ts'
import { discardTokens } from './discardTokens.ts'
import { grantTimes } from './grantTimes.ts'
import { identifyAccount } from './identifyAccount.ts'
import { storeConnection, type StoredConnection } from './storeConnection.ts'
import { encodeSecret } from './storedSecret.ts'

/** A grant that was just made, and for whom. */
export interface NewGrant {
  readonly tenantId: string
  /** `''` where the connection serves the whole tenant. */
  readonly ownerId: string
  readonly provider: RegisteredProvider
  readonly tokens: TokenSet
  /** Scopes that were asked for. */
  readonly scopes: readonly string[]
  readonly settings: Readonly<Record<string, string>>
  /** The connection to mend; its account must be the same. */
  readonly connectionId: string | undefined
  /** The session that this ends. */
  readonly sessionId: string
}

/**
 * Finds out whose account a grant is for and stores it, together with the end of its session. Tokens that nobody keeps are ended at the
 * provider.
 *
 * @throws {AuthpipeError} those of `identifyAccount` and `storeConnection`
 */
export async function connectAccount(engine: Engine, { tokens, ...grant }: NewGrant): Promise<StoredConnection> {
  const { provider, settings } = grant
  // Without a word on scopes they were granted as asked (RFC 6749 §5.1).
  const scopes = tokens.scopes ?? grant.scopes
  const credential = { headers: { Authorization: `Bearer ${tokens.accessToken}` } }
  let account: Account | undefined
  try {
    account = await identifyAccount(engine, provider, credential, { tokenResponse: tokens.extra, scopes, settings })
    const { definition } = provider.oauth(settings)
    const receivedAt = engine.now()
    const expiresAt = receivedAt + Math.max(1, tokens.lifetimeSeconds ?? definition.accessTokenLifetimeSeconds) * 1000
    return await storeConnection(engine, {
      ...grant,
      credentialType: 'oauth_token',
      account,
      secrets: {
        credential: encodeSecret({ accessToken: tokens.accessToken }),
        ...(tokens.refreshToken === undefined ? {} : { refresh_token: new TextEncoder().encode(tokens.refreshToken) }),
      },
      expiresAt,
      grantTimes: grantTimes({ definition, tokens, receivedAt, expiresAt, warnBeforeMs: engine.config.maintenance.warnBeforeMs }),
      scopes,
      missingScopes: grant.scopes.filter((scope) => !scopes.includes(scope)),
    })
  } catch (error) {
    engine.background(discardTokens(engine, provider, { tenantId: grant.tenantId, accountId: account?.id, settings }, tokens))
    throw error
  }
}
