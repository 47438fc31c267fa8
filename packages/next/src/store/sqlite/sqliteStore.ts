// The embedded database: one SQLite file, nothing to set up.
import { resolve } from 'node:path'
import { SqlStore } from '../sqlStore.ts'
import { SqliteDriver } from './sqliteDriver.ts'
import { sqliteStatements } from './sqliteStatements.ts'

export interface SqliteStoreOptions {
  /** The database file. Its directory is made where it is missing. */
  readonly path: string
  /**
   * How long a write waits for another process to finish its own, in milliseconds. Everything else in this process waits with it.
   * @defaultValue 5 000
   */
  readonly busyTimeoutMs?: number
}

/**
 * A store in one SQLite file, for one host. Nothing is opened before `open`; every write is on the disk when it resolves.
 *
 * @throws {AuthpipeError} from every method: `store_unavailable` (retryable) when the file cannot answer, having written nothing;
 * from `open` also `invalid_configuration` when a person has to mend something: an unusable path, a damaged or foreign file,
 * a newer schema, a Node.js without SQLite
 * @security The files are readable by this user alone. Secrets in them are sealed, so a copy without the keys gives nothing.
 */
export class SqliteStore extends SqlStore {
  constructor({ path, busyTimeoutMs = 5_000 }: SqliteStoreOptions) {
    const name = resolve(path)
    super({ name, statements: sqliteStatements, openDriver: () => SqliteDriver.open(name, busyTimeoutMs) })
  }
}
