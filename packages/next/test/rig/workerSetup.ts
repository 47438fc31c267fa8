import type { AuthpipeOptions, PostgresOptions } from '../../src/config.ts'
import type { Timing } from '../../src/timing.ts'

/** What a worker process is made of: plain data, since it travels to another process. */
export interface WorkerSetup {
  readonly database: string | PostgresOptions
  readonly keys: string
  readonly providers: readonly ProviderSetup[]
  readonly baseUrl: string
  readonly options: Pick<AuthpipeOptions, 'refresh' | 'cache' | 'maintenance'>
  readonly timing: Partial<Timing>
  /** How far its clock is ahead of this machine's. */
  readonly clockAheadMs: number
  /** Whether its clock is set by the database's, as in production. Otherwise it shows what the test says. */
  readonly followsDatabase: boolean
}

/** A provider that the worker's app has registered. */
export interface ProviderSetup {
  readonly id: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: readonly string[]
  readonly endpoints: Readonly<Record<string, string>>
}
