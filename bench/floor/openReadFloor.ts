import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { selectChosenCredential as postgresStatement } from '../../packages/next/src/store/postgres/postgresStatements.ts'
import { selectChosenCredential as sqliteStatement } from '../../packages/next/src/store/sqlite/sqliteStatements.ts'
import { accessToken } from '../accessToken.ts'
import type { Filled, Ref } from '../fillDatabase.ts'
import { createFloorCipher } from './floorCipher.ts'

export interface ReadFloor {
  readonly read: (ref: Ref) => Promise<{ readonly accessToken: string }>
  readonly close: () => Promise<void>
}

/** The statement of the hot read on the same rows, prepared by hand, and one value of the same length opened: nothing is looked at besides. */
export function openReadFloor({ database }: Filled): ReadFloor {
  return database.kind === 'SQLite' ? openSqliteFloor(database.option.slice('file:'.length)) : openPostgresFloor(database.option)
}

function openSqliteFloor(path: string): ReadFloor {
  const openToken = createTokenOpener()
  const database = new DatabaseSync(path, { readOnly: true })
  database.exec('PRAGMA cache_size = -131072')
  const select = database.prepare(sqliteStatement)
  select.setReturnArrays(true)
  return {
    async read({ tenantId, provider, userId }) {
      const row: unknown = select.get(tenantId, provider, userId, null, null, null, null)
      return openToken(Array.isArray(row) ? row.at(-1) : undefined)
    },
    async close() {
      database.close()
    },
  }
}

function openPostgresFloor(url: string): ReadFloor {
  const openToken = createTokenOpener()
  const pool = new pg.Pool({ connectionString: url, max: 8 })
  return {
    async read({ tenantId, provider, userId }) {
      const { rows } = await pool.query<unknown[]>({ name: 'floor', text: postgresStatement, values: [tenantId, provider, userId, null, null], rowMode: 'array' })
      return openToken(rows[0]?.at(-1))
    },
    close: () => pool.end(),
  }
}

function createTokenOpener(): (stored: unknown) => { readonly accessToken: string } {
  const { seal, open } = createFloorCipher()
  const sealed = seal(JSON.stringify({ accessToken }))
  return (stored) => {
    if (!(stored instanceof Uint8Array)) throw new Error('A row is missing.')
    return JSON.parse(open(sealed)) as { accessToken: string } // written above
  }
}
