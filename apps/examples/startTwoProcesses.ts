import { join } from 'node:path'
import { createDatabase } from '../../packages/next/test/createDatabase.ts'
import { freePort } from '../../tools/outsideIn/freePort.ts'
import { startCommand } from '../../tools/outsideIn/runCommand.ts'
import { startPostgres } from '../../tools/startPostgres.ts'
import { randomSecret } from './randomSecret.ts'
import type { RunningExample } from './startNextExample.ts'

/** Starts the example `two-processes` with a database of its own: on the PostgreSQL that the environment names, or on one that it brings. */
export async function startTwoProcesses(env: Readonly<Record<string, string>>): Promise<RunningExample> {
  const { AUTHPIPE_DATABASE_URL: given } = process.env
  const postgres = given?.startsWith('postgres') ? undefined : await startPostgres()
  const port = await freePort()
  const app = await startCommand(process.execPath, ['main.ts'], join(import.meta.dirname, 'two-processes'), /Listening/, {
    PORT: String(port),
    SESSION_SECRET: randomSecret(),
    AUTHPIPE_KEYS: `k1:${randomSecret()}`,
    AUTHPIPE_DATABASE_URL: await createDatabase(postgres?.url ?? given ?? ''),
    ...env,
  })
  return {
    url: `http://localhost:${port}`,
    async stop() {
      await app.stop()
      await postgres?.close()
    },
  }
}
