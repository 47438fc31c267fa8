export interface HerdSetup {
  /** Where the SQLite database is to be. */
  readonly path: string
  readonly sandboxUrl: string
  /** Of a new grant; the access token is stored as one that is over. */
  readonly tokens: { readonly accessToken: string; readonly refreshToken: string }
}

/** One library under the herd. */
export interface HerdSide {
  readonly name: 'authpipe' | 'better-auth'
  /** Makes the database with the account in it. @returns what the readers have to know */
  prepare(setup: HerdSetup): Promise<string>
  /** What one process reads by. */
  open(setup: HerdSetup, state: string): Promise<() => Promise<string>>
}
