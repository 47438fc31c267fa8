import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { afterEach, describe, expect, it } from 'vitest'

import { startSandbox } from './startSandbox.ts'

let child: ChildProcess | undefined
afterEach(() => void child?.kill('SIGKILL'))

function run(port: string): { stdout: () => Promise<string>; stderr: () => Promise<string>; exit: Promise<unknown[]>; child: ChildProcess } {
  child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env: { ...process.env, PORT: port }, stdio: ['ignore', 'pipe', 'pipe'] })
  const started = child
  const first = async (stream: 'stdout' | 'stderr'): Promise<string> => String((await once(started[stream] ?? started, 'data'))[0])
  return { stdout: () => first('stdout'), stderr: () => first('stderr'), exit: once(child, 'exit'), child }
}

describe('authpipe-sandbox', () => {
  it('prints its URL in one line, serves there and ends on SIGTERM', async () => {
    const { stdout, exit, child: started } = run('0')
    const line = await stdout()
    const url = /^Authpipe sandbox: (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line)?.[1]

    expect((await fetch(`${url}/control`)).status).toBe(200)
    started.kill('SIGTERM')

    expect(await exit).toEqual([0, null])
  })

  it('says in one sentence that the port is taken', async () => {
    const sandbox = await startSandbox()
    const { port } = new URL(sandbox.url)
    const { stderr, exit } = run(port)

    expect(await stderr()).toBe(`Port ${port} is taken. Set PORT to another one, or stop what listens there.\n`)
    expect(await exit).toEqual([1, null])
    await sandbox.close()
  })

  it('says in one sentence that PORT is no port', async () => {
    const { stderr, exit } = run('http')

    expect(await stderr()).toBe('PORT must be a number between 0 and 65535.\n')
    expect(await exit).toEqual([1, null])
  })
})
