/** What one pass is allowed and has done. */
export interface Pass {
  /** Whether no further work is to be begun. */
  readonly isOver: () => boolean
  /** How many checks that are late are made at once; the others are spread over as long as they are late, one interval at most. */
  readonly lateChecks: number
  refreshed: number
  failed: number
  warned: number
  checked: number
}
