// Several processes of one app on one database, with a provider over real HTTP that can be made to hold, drop and refuse.
import type { Connection } from '@authpipe/core'
import { sandboxClient, sandboxEndpoints, startSandbox, type Sandbox } from '@authpipe/sandbox'
import { inject } from 'vitest'
import type { PostgresServer } from '../../../../tools/startPostgres.ts'
import { generateKey } from '../../src/vault/keyring.ts'
import { baseUrl, Browser } from '../world.ts'
import { openPostgresDatabase } from './postgresDatabase.ts'
import type { DatabaseRow, RigDatabase, StoreKind } from './RigDatabase.ts'
import { openSqliteDatabase } from './sqliteDatabase.ts'
import { Worker } from './Worker.ts'
import type { ProviderSetup, WorkerSetup } from './workerSetup.ts'

export const tenantId = 'org_acme'
/** What the readers of the tests ask for. */
export const query = { provider: 'plain', tenantId, userId: 'user_1' }

export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute

export type RigOptions = Partial<Pick<WorkerSetup, 'options' | 'timing' | 'followsDatabase' | 'database'>> & {
  /** A PostgreSQL server of its own, for faults that would hit others. */
  readonly server?: PostgresServer
  /** @defaultValue the stand-in `plain` of the rig's sandbox */
  readonly providers?: readonly ProviderSetup[]
}

/** Everything that a test of faults has at hand. */
export class Rig {
  readonly sandbox: Sandbox
  readonly database: RigDatabase
  readonly #setup: Omit<WorkerSetup, 'clockAheadMs'>
  readonly #clock: { aheadMs: number }
  readonly #workers: Worker[] = []

  constructor(parts: { readonly sandbox: Sandbox; readonly database: RigDatabase; readonly setup: Omit<WorkerSetup, 'clockAheadMs'>; readonly clock: { aheadMs: number } }) {
    this.sandbox = parts.sandbox
    this.database = parts.database
    this.#setup = parts.setup
    this.#clock = parts.clock
  }

  /**
   * @param changes - what this one has differently
   * @param uid - whose process it is; without it this one's user
   */
  async startWorker(changes: Partial<WorkerSetup> = {}, uid?: number): Promise<Worker> {
    const worker = await Worker.start({ ...this.#setup, clockAheadMs: this.#clock.aheadMs, ...changes }, uid)
    this.#workers.push(worker)
    return worker
  }

  async startWorkers(count: number, changes?: Partial<WorkerSetup>): Promise<Worker[]> {
    return Promise.all(Array.from({ length: count }, () => this.startWorker(changes)))
  }

  /** Puts on the clocks of all processes, the provider's too. A process that is stopped learns of it when it goes on. */
  async passTime(ms: number): Promise<void> {
    this.#clock.aheadMs += ms
    const told = this.#workers.filter(({ isRunning }) => isRunning).map((worker) => ({ worker, call: worker.call('setClock', this.#clock.aheadMs) }))
    // One that is killed meanwhile needs no clock.
    await Promise.allSettled(told.filter(({ worker }) => !worker.isStopped).map(({ call }) => call))
  }

  /** Connects an account by the whole flow. */
  async connect(worker: Worker, { userId = query.userId, provider = query.provider }: { readonly userId?: string; readonly provider?: string } = {}): Promise<Connection> {
    return new Browser(worker, { tenantId, userId }).connect(provider)
  }

  async scheduleOf(connectionId: string): Promise<DatabaseRow> {
    return this.#rowOf('schedule', 'connection_id', connectionId)
  }

  async connectionOf(connectionId: string): Promise<DatabaseRow> {
    return this.#rowOf('connection', 'id', connectionId)
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()))
    await this.sandbox.close()
    await this.database.close()
  }

  async #rowOf(table: 'schedule' | 'connection', column: string, id: string): Promise<DatabaseRow> {
    const row = (await this.database.rows(table)).find((found) => found[column] === id)
    if (!row) throw new Error(`The table ${table} has no row of ${id}.`)
    return row
  }
}

/** Opens a rig on an empty database. */
export async function openRig(store: StoreKind, { server, ...given }: RigOptions = {}): Promise<Rig> {
  const clock = { aheadMs: 0 }
  const sandbox = await startSandbox({ now: () => Date.now() + clock.aheadMs })
  const database = store === 'sqlite' ? await openSqliteDatabase() : await openPostgresDatabase(server ?? inject('postgresUrl'))
  const setup: Omit<WorkerSetup, 'clockAheadMs'> = {
    database: database.option,
    keys: generateKey(),
    providers: [plainAt(sandbox)],
    baseUrl,
    options: {},
    followsDatabase: false,
    ...given,
    // Long enough for whoever is late, and not so long that every test waits for it.
    timing: { lateReportMs: 300, ...given.timing },
  }
  return new Rig({ sandbox, database, setup, clock })
}

/** The stand-in `plain` of a sandbox, as an app registers it. */
export function plainAt(sandbox: Sandbox, id = 'plain'): ProviderSetup {
  return { id, ...sandboxClient('plain'), scopes: ['profile', 'things:read'], endpoints: sandboxEndpoints('plain', sandbox.url) }
}
