import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { createDatabase } from '../../../test/createDatabase.ts'
import { describeStore } from '../conformance/describeStore.ts'
import { PostgresStore } from './postgresStore.ts'

let url = ''
let client: pg.Client

beforeAll(async () => {
  url = await createDatabase(inject('postgresUrl'))
  client = new pg.Client({ connectionString: url })
  await client.connect()
})
afterAll(() => client.end())

async function emptyStore(preparedStatements: boolean): Promise<PostgresStore> {
  await client.query('DROP SCHEMA IF EXISTS authpipe CASCADE')
  return new PostgresStore({ url, poolSize: 4, preparedStatements })
}

describeStore('PostgresStore', () => emptyStore(true))
describeStore('PostgresStore without prepared statements', () => emptyStore(false))
