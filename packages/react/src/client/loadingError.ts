import type { AuthpipeError } from '@authpipe/core'
import { networkError } from './networkError.ts'

/** Makes the error for code that was to come after a click and did not, as where the network is gone or the app was deployed anew. */
export const loadingError = (cause: unknown): AuthpipeError => networkError('More code of this page could not be loaded.', cause)
