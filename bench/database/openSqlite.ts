import { readFileSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { SqliteStore } from '../../packages/next/src/store/sqlite/sqliteStore.ts'
import type { BenchDatabase, Row } from './BenchDatabase.ts'

/** A new SQLite file with the schema of the store. */
export async function openSqlite(path: string): Promise<BenchDatabase> {
  const openStore = async (): Promise<SqliteStore> => {
    const store = new SqliteStore({ path })
    await store.open()
    return store
  }
  await (await openStore()).close()
  const database = new DatabaseSync(path)
  database.exec('PRAGMA synchronous = OFF; PRAGMA busy_timeout = 5000')
  const statements = new Map<string, StatementSync>()
  const insertRow = (table: string, row: Row): number => {
    const columns = Object.keys(row)
    const statement = statements.get(table) ?? database.prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`)
    statements.set(table, statement)
    return Number(statement.run(...Object.values(row)).lastInsertRowid)
  }
  return {
    kind: 'SQLite',
    option: `file:${path}`,
    openStore,
    async insert(batch) {
      database.exec('BEGIN')
      for (const { connection, secrets, schedule } of batch) {
        const seq = insertRow('connection', connection)
        for (const [offset, secret] of secrets.entries()) insertRow('secret', { seq: seq * 2 + offset, ...secret })
        insertRow('schedule', schedule)
      }
      database.exec('COMMIT')
    },
    async fillSchedule(count, dueAt) {
      database.exec(`DELETE FROM schedule;
        INSERT INTO schedule (tenant_id, connection_id, provider, shard, check_at, failure_count)
        WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${count})
        SELECT 'org_' || (n % 1000), 'connection_' || n, 'livechat', n % 16, ${dueAt}, 0 FROM numbers`)
    },
    async settle() {
      // On the disk too, so that what is measured waits for no page of the filling.
      database.exec('ANALYZE; PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous = OFF')
    },
    async secretBytes() {
      const row = database.prepare("SELECT sum(pgsize) AS bytes FROM dbstat WHERE name = 'secret' OR name LIKE 'sqlite_autoindex_secret%' OR name LIKE 'secret_%'").get()
      return Number(row?.['bytes'])
    },
    // A frame that ends a transaction names the size of the database: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
    async countCommits(work) {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      await work()
      const log = readFileSync(`${path}-wal`)
      const [logHeader, frameHeader] = [32, 24]
      const frame = frameHeader + log.readUInt32BE(8)
      let commits = 0
      for (let start = logHeader; start + frame <= log.length; start += frame) if (log.readUInt32BE(start + 4) !== 0) commits += 1
      return commits
    },
    async close() {
      database.close()
    },
  }
}
