import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../tools/outsideIn/freePort.ts'
import { startCommand } from '../../tools/outsideIn/runCommand.ts'

/** An example that runs. */
export interface RunningExample {
  /** Where a browser finds it. */
  readonly url: string
  stop(): Promise<void>
}

/** Starts an example that is a Next.js app as its README says, with an empty database. */
export async function startNextExample(name: string, env: Readonly<Record<string, string>>): Promise<RunningExample> {
  const folder = join(import.meta.dirname, name)
  const data = mkdtempSync(join(tmpdir(), 'authpipe-example-'))
  const port = await freePort()
  const url = `http://localhost:${port}`
  const next = join(folder, 'node_modules/next/dist/bin/next')
  const app = await startCommand(process.execPath, [next, 'dev', '--port', String(port)], folder, /Ready in/, {
    AUTHPIPE_BASE_URL: `${url}/api/authpipe`,
    BETTER_AUTH_URL: url,
    USERS_DATABASE: join(data, 'users.db'),
    AUTHPIPE_DATABASE_URL: `file:${join(data, 'authpipe.db')}`,
    ...env,
  })
  return {
    url,
    async stop() {
      await app.stop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}
