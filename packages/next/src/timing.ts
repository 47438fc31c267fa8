/** Durations that follow from each other and not from an app, so that they are no options. Tests of faults shorten them. */
export interface Timing {
  /** Longest that a request to a provider takes, to the last byte of its answer. */
  readonly requestMs: number
  /** How long a lease outlives the longest token request: its holder still has to store what it got. */
  readonly leaseMarginMs: number
  /** How long whoever left an intent behind can still report: it may have been held up by the database. */
  readonly lateReportMs: number
  /**
   * How long a process that left an intent behind may still come back with the token that the provider gave it. A refusal in this
   * time is tried once more after it before it ends the grant.
   */
  readonly uncertainForMs: number
  /** Longest wait before the second try of a refresh; it doubles with every further one. */
  readonly firstBackoffMs: number
  /** Longest wait between two tries of a refresh. */
  readonly longestBackoffMs: number
  /** How long `close` waits for what is under way. */
  readonly closingMs: number
}

export const usualTiming: Timing = {
  requestMs: 15_000,
  leaseMarginMs: 5_000,
  lateReportMs: 2_000,
  uncertainForMs: 2 * 60_000,
  firstBackoffMs: 5_000,
  longestBackoffMs: 15 * 60_000,
  closingMs: 10_000,
}
