import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import telemetryOff from '../telemetryOff.json' with { type: 'json' }

/** A server that runs. */
export interface Running {
  stop(): Promise<void>
}

/** The environment of a developer's shell: this Node.js and the way to a registry, and nothing of the test runner or the workspace. */
function shell(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_(registry|cafile|proxy|https_proxy|noproxy)$)|NODE_OPTIONS$|NODE_ENV$|TEST_|PLAYWRIGHT_|FORCE_COLOR$|AUTHPIPE_)/.test(name))
  return { ...Object.fromEntries(inherited), ...telemetryOff, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`, NO_COLOR: '1', NODE_ENV: undefined, ...more }
}

/** In a group of its own, so that what it starts ends with it. */
function start(command: string, args: readonly string[], cwd: string, env?: Readonly<Record<string, string>>): { readonly child: ChildProcess; readonly said: () => string } {
  const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: shell(env) })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  return { child, said: () => said }
}

/** Runs a command to its end. @returns what it said @throws {Error} with what it said, where it fails */
export async function runCommand(command: string, args: readonly string[], cwd: string, env?: Readonly<Record<string, string>>): Promise<string> {
  const { child, said } = start(command, args, cwd, env)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${said()}`)
  return said()
}

/** Starts a server and waits for a sign of life in what it says. */
export async function startCommand(command: string, args: readonly string[], cwd: string, until: RegExp, env: Readonly<Record<string, string>>): Promise<Running> {
  const { child, said } = start(command, args, cwd, env)
  const ended = once(child, 'close')
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', () => until.test(said()) && resolve())
    void ended.then(() => reject(new Error(`${command} ${args.join(' ')} ended before it was ready:\n${said()}`)))
  })
  return {
    async stop() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
      await ended
    },
  }
}
