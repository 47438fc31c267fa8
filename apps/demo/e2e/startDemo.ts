import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRecorder, type Sighting } from './startRecorder.ts'

/** The built demo, running for one test. */
export interface Demo {
  /** Where a browser finds it. */
  readonly url: string
  /** Holds the database and nothing else. */
  readonly dataFolder: string
  /** Every answer that a browser was given so far. */
  answers(): readonly Sighting[]
  /** Everything that the server has written to its output so far. */
  output(): string
  stop(): Promise<void>
}

const folder = join(import.meta.dirname, '..')

/** Starts the built demo with an empty database, against a sandbox. */
export async function startDemo(sandboxUrl: string): Promise<Demo> {
  const recorder = await startRecorder()
  const dataFolder = mkdtempSync(join(tmpdir(), 'authpipe-demo-'))
  const server = spawn(process.execPath, [join(folder, 'node_modules/next/dist/bin/next'), 'start', '--port', '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      AUTHPIPE_BASE_URL: `${recorder.url}/api/authpipe`,
      AUTHPIPE_KEYS: `test:${randomBytes(32).toString('base64')}`,
      AUTHPIPE_DATABASE_URL: `file:${join(dataFolder, 'authpipe.db')}`,
      DEMO_SESSION_SECRET: randomBytes(32).toString('base64url'),
      DEMO_SANDBOX_URL: sandboxUrl,
    },
  })

  let output = ''
  const exited = once(server, 'exit')
  await new Promise<void>((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        // It takes a port that is free, and says which before it is ready.
        const port = /localhost:(\d+)[^]*Ready in/.exec(output)?.[1]
        if (port === undefined) return
        recorder.passTo(Number(port))
        resolve()
      })
    }
    void exited.then(() => reject(new Error(`The demo did not start:\n${output}`)))
  })

  return {
    url: recorder.url,
    dataFolder,
    answers: () => recorder.answers(),
    output: () => output,
    async stop() {
      await recorder.stop()
      server.kill('SIGTERM')
      await exited
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
