import { AuthpipeError } from '@authpipe/core'

/** Makes the error for code that was to come after a click and did not, as where the network is gone or the app was deployed anew. */
export const loadingError = (cause: unknown): AuthpipeError =>
  new AuthpipeError('network_error', 'More code of this page could not be loaded.', { retryable: true, cause })
