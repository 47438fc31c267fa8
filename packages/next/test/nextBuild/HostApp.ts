// A small Next.js app of its own, built and run by the real framework against the built packages.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../../../..')
// Beside the demo, whose dependencies it has.
const parent = join(root, 'apps/demo')
const next = join(parent, 'node_modules/.bin/next')

export class HostApp {
  readonly #directory: string
  readonly #environment: Readonly<Record<string, string>>
  #server: ChildProcess | undefined
  #output = ''

  private constructor(directory: string, environment: Readonly<Record<string, string>>) {
    this.#directory = directory
    this.#environment = { ...environment, DATABASE: join(directory, 'authpipe.db') }
  }

  static async create(files: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}): Promise<HostApp> {
    if (!existsSync(join(root, 'packages/next/dist/index.js'))) throw new Error('The packages are not built, and an app uses what is built: run "npx pnpm build" first.')
    const directory = await mkdtemp(join(parent, '.app-'))
    const layout = 'export default function Layout({ children }) { return <html><body>{children}</body></html> }'
    const config = `export default { turbopack: { root: ${JSON.stringify(root)} }, cacheComponents: true, partialPrefetching: true }`
    // Without one of its own Next.js finds that of the demo, a folder above.
    const instrumentation = 'export function register() {}'
    for (const [name, text] of Object.entries({ 'instrumentation.js': instrumentation, 'package.json': '{ "private": true, "type": "module" }', 'next.config.mjs': config, 'app/layout.jsx': layout, ...files })) {
      await mkdir(dirname(join(directory, name)), { recursive: true })
      await writeFile(join(directory, name), text)
    }
    return new HostApp(directory, environment)
  }

  /** @returns everything that the build said, and whether it passed */
  async build(): Promise<{ readonly passed: boolean; readonly output: string }> {
    const build = promisify(execFile)(next, ['build'], { cwd: this.#directory, env: this.#env() })
    return build.then(
      ({ stdout, stderr }) => ({ passed: true, output: stdout + stderr }),
      (error: { readonly stdout: string; readonly stderr: string }) => ({ passed: false, output: error.stdout + error.stderr }),
    )
  }

  /** @returns where it listens */
  async start(): Promise<string> {
    const server = spawn(process.execPath, [join(parent, 'node_modules/next/dist/bin/next'), 'start', '--port', '0', '--hostname', '127.0.0.1'], { cwd: this.#directory, env: this.#env(), stdio: ['ignore', 'pipe', 'pipe'] })
    this.#server = server
    return new Promise((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        this.#output += chunk.toString()
        const port = /http:\/\/(?:127\.0\.0\.1|localhost):(\d+)/.exec(this.#output)?.[1]
        if (port) resolve(`http://127.0.0.1:${port}`)
      }
      server.stdout.on('data', read)
      server.stderr.on('data', read)
      server.once('exit', () => reject(new Error(`The app did not start:\n${this.#output}`)))
    })
  }

  /** What the running app wrote. */
  get output(): string {
    return this.#output
  }

  /** Every file below a folder of the app. */
  async files(folder: string): Promise<[name: string, bytes: Buffer][]> {
    const entries = await readdir(join(this.#directory, folder), { recursive: true, withFileTypes: true })
    return Promise.all(entries.filter((entry) => entry.isFile()).map(async (entry): Promise<[string, Buffer]> => [entry.name, await readFile(join(entry.parentPath, entry.name))]))
  }

  async close(): Promise<void> {
    if (this.#server && this.#server.exitCode === null) {
      const exited = once(this.#server, 'exit')
      this.#server.kill('SIGKILL')
      await exited
    }
    await rm(this.#directory, { recursive: true, force: true })
  }

  #env(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ...this.#environment }
  }
}
