import { AuthpipeError, type AuthpipeErrorCode } from '@authpipe/core'
import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { Handler } from '../../src/createAuthpipe.ts'
import type { Call, Outcome, PlainResponse, WorkerCalls } from './workerProcess.ts'
import type { WorkerSetup } from './workerSetup.ts'

type Result<Name extends keyof WorkerCalls> = Awaited<ReturnType<WorkerCalls[Name]>>

const running = new Set<ChildProcess>()
process.once('exit', () => {
  // One that is stopped would stay for ever.
  for (const child of running) child.kill('SIGKILL')
})

/** A process of an app, from outside. */
export class Worker {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  readonly #exited: Promise<unknown>
  isStopped = false
  #calls = 0
  #said = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    running.add(child)
    this.#exited = once(child, 'exit').then(([code, signal]) => {
      running.delete(child)
      for (const { reject } of this.#waiting.values()) reject(new Error(`The worker ended (${String(signal ?? code)}). It said:\n${this.#said}`))
      this.#waiting.clear()
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#said += text))
    child.on('message', (message: Outcome | 'loaded') => {
      if (message !== 'loaded') this.#settle(message)
    })
  }

  /** Starts a process and waits until it has loaded; it opens nothing until it is called. */
  static async start(setup: WorkerSetup, uid?: number): Promise<Worker> {
    const child = fork(new URL('./workerProcess.ts', import.meta.url), [JSON.stringify(setup)], {
      execArgv: ['--conditions=@authpipe/source', '--disable-warning=ExperimentalWarning'],
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: join(tmpdir(), 'authpipe-rig-compiled') },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      serialization: 'advanced',
      ...(uid === undefined ? {} : { uid }),
    })
    const worker = new Worker(child)
    await Promise.race([once(child, 'message'), worker.#exited.then(() => Promise.reject(new Error(`The worker did not start:\n${worker.#said}`)))])
    return worker
  }

  /** What it wrote to standard error. */
  get said(): string {
    return this.#said
  }

  /** Rejects with an error of the same code where the call is refused, and with another one when the process ends. */
  call<Name extends keyof WorkerCalls>(name: Name, ...args: Parameters<WorkerCalls[Name]>): Promise<Result<Name>> {
    const id = (this.#calls += 1)
    const call: Call = { id, name, args }
    const outcome = new Promise<Result<Name>>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (value) => resolve(value as Result<Name>), reject })
    })
    this.#child.send(call, (error) => {
      if (error) this.#waiting.get(id)?.reject(error)
    })
    // Who calls a worker that is about to be killed need not wait for it.
    outcome.catch(() => undefined)
    return outcome
  }

  /** Its routes, for a browser. */
  readonly handler: Handler = async (request) => {
    const { method, url } = request
    const { status, headers, body }: PlainResponse = await this.call('handle', { url, method, headers: [...request.headers], body: await request.text() })
    return new Response(body === '' ? null : body, { status, headers: headers.map(([name, value]) => [name, value]) })
  }

  /** Ends it at once, as a crash or the kernel does. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    this.#child.kill(signal)
    await this.#exited
  }

  /** Takes the processor away from it, as a suspended machine or a frozen function does. */
  async stop(): Promise<void> {
    this.#child.kill('SIGSTOP')
    this.isStopped = true
    await vi.waitFor(() => {
      if (!execFileSync('ps', ['-o', 'stat=', '-p', String(this.#child.pid)], { encoding: 'utf8' }).startsWith('T')) throw new Error('It runs still.')
    })
  }

  resume(): void {
    this.isStopped = false
    this.#child.kill('SIGCONT')
  }

  get isRunning(): boolean {
    return running.has(this.#child)
  }

  #settle(outcome: Outcome): void {
    const waiting = this.#waiting.get(outcome.id)
    this.#waiting.delete(outcome.id)
    if ('value' in outcome) return waiting?.resolve(outcome.value)
    const { code, message, retryable = false, details } = outcome.failure
    waiting?.reject(code === undefined ? new Error(message) : new AuthpipeError(code as AuthpipeErrorCode, message, { retryable, ...(details && { details }) }))
  }
}
