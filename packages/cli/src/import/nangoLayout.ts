import { Columns } from './Columns.ts'
import type { FoundConnection, Layout } from './Layout.ts'
import { InvalidRow } from './SourceRow.ts'
import { withoutAbsent } from './withoutAbsent.ts'

/**
 * What Nango answers to `GET /connections/{connectionId}`, one answer a row. Who it is for stands in `tags`, or in `end_user` of older
 * connections.
 *
 * @see https://nango.dev/docs/reference/backend/http-api/connections/get (checked 2026-11-29)
 * @see https://nango.dev/docs/guides/auth/connection-tags-configuration-metadata (checked 2026-11-29)
 */
export const nangoLayout: Layout = {
  tables: [],
  namesTenant: false,
  read(row) {
    const connection = new Columns(row)
    const endUser = members(row, 'end_user')
    const tags = new Columns(members(row, 'tags'))
    return withoutAbsent({
      ...readCredentials(members(row, 'credentials')),
      provider: connection.required('provider_config_key'),
      sourceId: `nango:${connection.required('connection_id')}`,
      userId: tags.text('end_user_id') ?? new Columns(endUser).text('id'),
      organizationId: tags.text('organization_id') ?? new Columns(members(endUser, 'organization')).text('id'),
      settings: readSettings(members(row, 'connection_config')),
    })
  },
}

type Credentials = Pick<FoundConnection, 'accessToken' | 'refreshToken' | 'expiresAt' | 'scopes' | 'fields'>

function readCredentials(credentials: object): Credentials {
  const columns = new Columns(credentials)
  switch (columns.text('type')) {
    case 'OAUTH2':
      return withoutAbsent({
        accessToken: columns.text('access_token'),
        refreshToken: columns.text('refresh_token'),
        expiresAt: columns.instant('expires_at'),
        scopes: new Columns(members(credentials, 'raw')).scopes('scope'),
      })
    case 'API_KEY':
      return { fields: { apiKey: columns.required('apiKey') } }
    case 'BASIC':
      // Providers whose key is the user name of Basic fill in the password with anything.
      return { fields: { apiKey: columns.required('username') } }
    default:
      throw new InvalidRow('Its credentials.type is none of OAUTH2, API_KEY and BASIC, so it cannot be imported: leave it out with --skip-invalid.')
  }
}

/** Those that are text; which of them a provider knows is checked with everything else. */
function readSettings(config: object): Readonly<Record<string, string>> | undefined {
  const settings = Object.entries(config).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return settings.length > 0 ? Object.fromEntries(settings) : undefined
}

/** The members of an object inside a row; none where there is no such object. */
function members(row: unknown, name: string): object {
  const value: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, name) : undefined
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}
