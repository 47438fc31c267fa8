import { Columns } from './Columns.ts'
import type { Layout } from './Layout.ts'
import { withoutAbsent } from './withoutAbsent.ts'

/**
 * Table `account`, `accounts` or `Account` of Auth.js and NextAuth.js, as its adapter calls it. Where it has no `id`, an account of the
 * provider is the key.
 *
 * @see https://authjs.dev/reference/core/adapters#adapteraccount (checked 2026-11-29)
 */
export const authJsLayout: Layout = {
  tables: ['account', 'accounts', 'Account'],
  namesTenant: false,
  read(row) {
    const columns = new Columns(row)
    const [accessToken, refreshToken] = [columns.text('access_token'), columns.text('refresh_token')]
    if (accessToken === undefined && refreshToken === undefined) return undefined
    const provider = columns.required('provider')
    return withoutAbsent({
      provider,
      sourceId: `authjs:${columns.text('id') ?? `${provider}:${columns.required('providerAccountId')}`}`,
      userId: columns.required('userId'),
      accessToken,
      refreshToken,
      expiresAt: columns.instant('expires_at'),
      scopes: columns.scopes('scope'),
    })
  },
}
