// The command line as a process of its own, with no terminal and a clean environment.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** A module that runs before the command, to bring about what cannot be had otherwise. */
  readonly before?: string
}

const main = join(import.meta.dirname, '../src/main.ts')

/** How a process of the command line is started. */
export function cliProcess(args: readonly string[], { cwd = '/', env = {}, before }: RunOptions = {}): Parameters<typeof spawn> {
  const preload = before === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(before)}`]
  const options = { cwd, env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env }, stdio: 'pipe' as const }
  return [process.execPath, ['--conditions=@authpipe/source', ...preload, main, ...args], options]
}

/** Runs the command line to its end. */
export function runCli(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = spawn(...cliProcess(args, options))
  child.stdin?.end()
  const said = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...said })))
}
