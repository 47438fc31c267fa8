import pg from 'pg'
import type { PostgresServer } from '../../../../tools/startPostgres.ts'
import { createDatabase } from '../createDatabase.ts'
import type { RigDatabase } from './RigDatabase.ts'

/**
 * A database of its own on a server.
 *
 * @param server - that can be stopped; a URL where it is everybody's
 */
export async function openPostgresDatabase(server: PostgresServer | string): Promise<RigDatabase> {
  const url = await createDatabase(typeof server === 'string' ? server : server.url)
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url })
    // A server that is stopped breaks it, which is what the test wants.
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  const withClient = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = await connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
  return {
    url,
    option: { url, listenUrl: url },
    rows: (table) => withClient(async (client) => (await client.query<Record<string, unknown>>(`SELECT * FROM authpipe.${table}`)).rows),
    run: (sql) => withClient(async (client) => void (await client.query(sql))),
    async lockWrites() {
      const client = await connect()
      await client.query('BEGIN; LOCK TABLE authpipe.connection, authpipe.secret, authpipe.schedule, authpipe.event IN EXCLUSIVE MODE')
      return () => client.end()
    },
    async stop() {
      if (typeof server === 'string') throw new Error('The server is used by others: give the rig one of its own.')
      await server.stop('immediate')
      return () => server.start()
    },
    // It goes with its server.
    close: async () => undefined,
  }
}
