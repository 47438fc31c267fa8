import pg from 'pg'
import { startPostgres } from '../../tools/startPostgres.ts'
import { PostgresStore } from '../../packages/next/src/store/postgres/postgresStore.ts'
import type { BenchDatabase, Row } from './BenchDatabase.ts'

/** A PostgreSQL server of our own with one database that has the schema of the store; commits reach the disk as in production. */
export async function openPostgres(): Promise<BenchDatabase> {
  const server = await startPostgres({ isDurable: true, settings: { shared_buffers: '512MB', max_wal_size: '4GB', track_counts: 'on' } })
  const openStore = async (): Promise<PostgresStore> => {
    const store = new PostgresStore({ url: server.url })
    await store.open()
    return store
  }
  await (await openStore()).close()
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  // Filling is no part of what is measured.
  await client.query('SET synchronous_commit = off')

  const insertRows = async (table: string, rows: readonly Row[]): Promise<void> => {
    const columns = Object.keys(rows[0] ?? {}).join()
    const records = JSON.stringify(rows.map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value]))))
    await client.query(`INSERT INTO authpipe.${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(null::authpipe.${table}, $1)`, [records])
  }
  const commitsSoFar = async (): Promise<number> => {
    await client.query('SELECT pg_stat_force_next_flush()')
    const { rows } = await client.query<{ xids: string }>("SELECT (pg_current_xact_id()::text)::bigint AS xids")
    return Number(rows[0]?.xids)
  }
  return {
    kind: 'PostgreSQL',
    option: server.url,
    openStore,
    async insert(batch) {
      await insertRows('connection', batch.map(({ connection }) => connection))
      await insertRows('secret', batch.flatMap(({ secrets }) => secrets))
      await insertRows('schedule', batch.map(({ schedule }) => schedule))
    },
    async fillSchedule(count, dueAt) {
      await client.query('TRUNCATE authpipe.schedule')
      await client.query(`INSERT INTO authpipe.schedule (tenant_id, connection_id, provider, shard, check_at, failure_count)
        SELECT 'org_' || (n % 1000), 'connection_' || n, 'livechat', n % 16, ${dueAt}, 0 FROM generate_series(0, ${count - 1}) n`)
    },
    async settle() {
      await client.query('VACUUM ANALYZE')
      await client.query('CHECKPOINT')
    },
    async secretBytes() {
      const { rows } = await client.query<{ bytes: string }>("SELECT pg_table_size('authpipe.secret') AS bytes")
      return Number(rows[0]?.bytes)
    },
    // Each transaction that changes something takes a number, and so does each look at the numbers.
    async countCommits(work) {
      const before = await commitsSoFar()
      await work()
      return (await commitsSoFar()) - before - 1
    },
    async close() {
      await client.end()
      await server.close()
    },
  }
}
