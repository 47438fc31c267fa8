// PostgreSQL, for as many processes and hosts as an app has.
import { SqlStore } from '../sqlStore.ts'
import { PostgresDriver } from './postgresDriver.ts'
import { postgresStatements } from './postgresStatements.ts'
import { describePostgres } from './toPostgresError.ts'

export interface PostgresStoreOptions {
  /** `postgres://…`, also that of a transaction pooler. */
  readonly url: string
  /** Where to listen for what other processes change: PostgreSQL itself. Without it nothing is told and nothing heard. */
  readonly listenUrl?: string
  /** @defaultValue `true` */
  readonly preparedStatements?: boolean
  /** @defaultValue `8` */
  readonly poolSize?: number
  /**
   * How long a statement may take, and how long it may wait for somebody else's lock.
   * @defaultValue `10_000` (10 seconds)
   */
  readonly timeoutMs?: number
}

/**
 * A store in PostgreSQL 13 or newer, in a schema `authpipe` of its own. Nothing is opened before `open`; every write is durable when
 * it resolves.
 *
 * @throws {AuthpipeError} from every method: `store_unavailable` (retryable) when the database cannot answer; from `open` also
 * `invalid_configuration` when a person has to mend something: a wrong password, a missing database, a newer schema, no package `pg`
 */
export class PostgresStore extends SqlStore {
  constructor(options: PostgresStoreOptions) {
    super({ name: describePostgres(options.url), statements: postgresStatements, openDriver: () => PostgresDriver.open(options) })
  }
}
