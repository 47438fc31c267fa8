// What the doctor asks of the process that loads the app, and what comes back: findings, and no secret.
import type { Mode } from '../app/loadEnvironment.ts'
import type { Finding } from './Finding.ts'

export interface AppQuestion {
  readonly directory: string
  /** The module that makes the server side; absent where none was found. */
  readonly serverFile?: string
  readonly mode: Mode
  /** Instead of the app's own. */
  readonly baseUrl?: string
  /** Instead of the app's own. */
  readonly database?: string
}

export interface AppAnswer {
  readonly findings: readonly Finding[]
  /** Absent where it cannot be used. */
  readonly baseUrl?: { readonly href: string; readonly isDefault: boolean }
}
