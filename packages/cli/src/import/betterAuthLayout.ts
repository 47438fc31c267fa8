import { Columns } from './Columns.ts'
import type { Layout } from './Layout.ts'
import { InvalidRow } from './SourceRow.ts'
import { withoutAbsent } from './withoutAbsent.ts'

/**
 * Table `account` of Better Auth.
 *
 * @see https://www.better-auth.com/docs/concepts/database#account (and the schema of 1.7.25; checked 2026-11-29)
 */
export const betterAuthLayout: Layout = {
  tables: ['account', 'accounts', 'Account'],
  namesTenant: false,
  read(row) {
    const columns = new Columns(row)
    const provider = columns.required('providerId')
    const [accessToken, refreshToken] = [columns.text('accessToken'), columns.text('refreshToken')]
    if (provider === 'credential' || (accessToken === undefined && refreshToken === undefined)) return undefined
    for (const token of [accessToken, refreshToken]) if (token !== undefined && isEncrypted(token)) throw new InvalidRow(encrypted)
    return withoutAbsent({
      provider,
      sourceId: `better-auth:${columns.required('id')}`,
      userId: columns.required('userId'),
      accessToken,
      refreshToken,
      expiresAt: columns.instant('accessTokenExpiresAt'),
      scopes: columns.scopes('scope'),
    })
  },
}

const encrypted =
  'Its tokens are encrypted (account.encryptOAuthTokens of Better Auth), and only Better Auth has the key: decrypt them in a script of your app, and import what it writes with --from json.'

/** As Better Auth tells it: its envelope, or hexadecimal digits in pairs. */
function isEncrypted(token: string): boolean {
  return token.startsWith('$ba$') || (token.length % 2 === 0 && /^[0-9a-f]+$/i.test(token))
}
