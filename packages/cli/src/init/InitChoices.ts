import type { ProviderDefinition } from '@authpipe/core'
import type { AuthLibrary } from '../app/authLibraries.ts'

/** What somebody wants to have written. */
export interface InitChoices {
  readonly providers: readonly ProviderDefinition[]
  readonly auth: AuthLibrary
  /** `sqlite`, or the URL of a PostgreSQL database. */
  readonly database: 'sqlite' | URL
  /** Whether stand-ins play the providers. */
  readonly sandbox: boolean
  /** Whether a page with a button for each provider is written. */
  readonly page: boolean
}
