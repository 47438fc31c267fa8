// Schedule rows by the thousands, written and read past the store, which would take a commit for each.
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { shardOf } from '../src/store/rows/scheduleRow.ts'
import { shardCount } from '../src/store/store.ts'

export interface DueRow {
  readonly connectionId: string
  readonly provider: string
  readonly checkAt: number
}

/** Rows of one tenant, without connections. */
export async function insertDueRows(url: string, rows: readonly DueRow[]): Promise<void> {
  const values = rows.map(({ connectionId, provider, checkAt }) => ({ connection_id: connectionId, provider, check_at: checkAt, shard: shardOf(connectionId, shardCount) }))
  const insertion = (table: string, source: string): string => `
    INSERT INTO ${table} (tenant_id, connection_id, provider, shard, check_at, failure_count)
    SELECT 'org_many', connection_id, provider, shard, check_at, 0 FROM ${source}`
  if (url.startsWith('file:')) {
    const database = new DatabaseSync(url.slice('file:'.length))
    const members = ['connection_id', 'provider', 'shard', 'check_at'].map((name) => `value ->> '${name}' AS ${name}`).join(', ')
    database.prepare(insertion('schedule', `(SELECT ${members} FROM json_each(?))`)).run(JSON.stringify(values))
    database.close()
    return
  }
  const source = 'json_to_recordset($1) AS r(connection_id text, provider text, shard integer, check_at bigint)'
  await withClient(url, (client) => client.query(insertion('authpipe.schedule', source), [JSON.stringify(values)]))
}

/** When each of them is due. */
export async function readCheckTimes(url: string): Promise<number[]> {
  if (url.startsWith('file:')) {
    const database = new DatabaseSync(url.slice('file:'.length))
    const rows = database.prepare(`SELECT check_at FROM schedule WHERE tenant_id = 'org_many'`).all()
    database.close()
    return rows.map((row) => Number(row['check_at']))
  }
  const { rows } = await withClient(url, (client) => client.query<{ check_at: string }>(`SELECT check_at FROM authpipe.schedule WHERE tenant_id = 'org_many'`))
  return rows.map((row) => Number(row.check_at))
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
