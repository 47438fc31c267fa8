/** What becomes of a file. */
export type FileAction =
  /** It is not there. */
  | 'create'
  /** Lines are added at its end. */
  | 'extend'
  /** It is there and differs: it stays unless somebody says otherwise. */
  | 'replace'
  /** It is as it should be. */
  | 'keep'
  /** It is there with something else, and a person puts both together. */
  | 'by_hand'

/** One file of a plan. */
export interface PlannedFile {
  /** Below the app's directory. */
  readonly path: string
  readonly action: FileAction
  /** What stands there now; empty where nothing does. */
  readonly before: string
  readonly after: string
  /** Permissions of a file that holds a secret. */
  readonly mode?: number
  /** Secrets in it, which are never printed. */
  readonly secrets: readonly string[]
}
