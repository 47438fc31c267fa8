import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startSandbox } from '@authpipe/sandbox'
import { cliProcess, runCli } from './runCli.ts'

/** Starts the command and waits for its answer to hold what is looked for. */
async function start(args: readonly string[], until: string): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const child = spawn(...cliProcess(['sandbox', ...args]))
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  for await (const chunk of child.stdout?.setEncoding('utf8') ?? []) {
    said += String(chunk)
    if (said.includes(until)) break
  }
  return { child, said }
}

describe('authpipe sandbox', () => {
  it('serves stand-ins, and prints the registrations that use them', async () => {
    const { said } = await start(['--port', '0'], 'Ctrl+C')
    const url = /Authpipe sandbox: (http:\/\/127\.0\.0\.1:\d+)\n/.exec(said)?.[1] ?? ''

    expect((await fetch(`${url}/control`)).status).toBe(200)
    expect(said).toContain(`const sandbox = '${url}'`)
    expect(said).toContain(`livechat({ ...sandboxClient('livechat'), endpoints: sandboxEndpoints('livechat', sandbox) }),`)
    expect(said).toContain(`freshdesk({ endpoints: sandboxEndpoints('freshdesk', sandbox) }),`)
    expect(said).toContain('allowInsecureLoopback: true')
  })

  it('gives a program the endpoints of each', async () => {
    const { said } = await start(['--port', '0', '--json'], '\n}\n')
    const answer: { url: string; endpoints: Record<string, Record<string, string>> } = JSON.parse(said)

    expect(answer.endpoints['livechat']?.['tokenEndpoint']).toBe(`${answer.url}/livechat/v2/token`)
    expect(Object.keys(answer.endpoints)).toEqual(['livechat', 'help-scout', 'freshdesk', 'freshservice', 'crisp'])
  })

  it('ends when it is told to', async () => {
    const { child } = await start(['--port', '0'], 'Ctrl+C')
    child.kill('SIGINT')

    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('says that its port is taken', async () => {
    const sandbox = await startSandbox()
    onTestFinished(() => sandbox.close())
    const { port } = new URL(sandbox.url)

    expect(await runCli(['sandbox', '--port', port])).toMatchObject({ code: 1, stderr: expect.stringContaining(`Port ${port} is taken`) as string })
  })
})
