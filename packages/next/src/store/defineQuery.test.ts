import { SqliteQueryCompiler } from 'kysely'
import { expect, test, vi } from 'vitest'
import { defineQuery } from './defineQuery.ts'
import { createQueryWriter } from './query.ts'
import { sql } from './tables.ts'

interface Values {
  readonly tenantId: string
  readonly mode?: string
  readonly provider?: string
}

const build = vi.fn<Parameters<typeof defineQuery<Values>>[0]>(({ tenantId, ...changed }) => sql.updateTable('session').set(changed).where('tenant_id', '=', tenantId).where('status', '=', 'pending'))
const query = defineQuery(build)
const writeQuery = createQueryWriter(new SqliteQueryCompiler())

test('a query takes the values of each use, beside those that it always has', () => {
  const statement = 'update "session" set "mode" = ? where "tenant_id" = ? and "status" = ?'
  expect(query({ tenantId: 'one', mode: 'popup' }).textFor(writeQuery)).toEqual({ sql: statement, parameters: ['popup', 'one', 'pending'] })
  expect(query({ tenantId: 'two', mode: 'redirect' }).textFor(writeQuery)).toEqual({ sql: statement, parameters: ['redirect', 'two', 'pending'] })
})

test('a query is built once for each set of values, however often it is used', () => {
  build.mockClear()
  for (const provider of ['crisp', 'livechat', 'freshdesk']) query({ tenantId: 'one', provider }).textFor(writeQuery)
  expect(build).toHaveBeenCalledTimes(1)
  expect(query({ tenantId: 'one', provider: 'crisp', mode: 'popup' }).textFor(writeQuery).sql).toContain('set "provider" = ?, "mode" = ?')
  expect(build).toHaveBeenCalledTimes(2)
})
