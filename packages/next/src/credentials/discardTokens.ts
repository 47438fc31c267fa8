import type { Engine } from '../engine.ts'
import { revokeToken } from '../oauth/tokenRequests.ts'
import type { TokenSet } from '../oauth/tokenResponse.ts'
import type { RegisteredProvider } from '../registrations.ts'
import { isAccountInUse } from './isAccountInUse.ts'

/** Whose tokens they are. */
interface Owner {
  readonly tenantId: string
  /** Absent where it was not found out. */
  readonly accountId: string | undefined
  readonly settings: Readonly<Record<string, string>>
}

/** Ends tokens at the provider that nobody keeps, by one try, unless that could end those of a connection that lives. */
export async function discardTokens(engine: Engine, provider: RegisteredProvider, { tenantId, accountId, settings }: Owner, { refreshToken, accessToken }: TokenSet): Promise<void> {
  if (accountId !== undefined && (await isAccountInUse(engine, provider, { tenantId, accountId }))) return
  const hint = refreshToken === undefined ? 'access_token' : 'refresh_token'
  await engine.telemetry.measure('revoke', { provider: provider.definition.id }, () => revokeToken(engine.outbound.fetch, provider.oauth(settings), refreshToken ?? accessToken, hint))
}
