import { AuthpipeError } from '@authpipe/core'

/** The error for what did not come over the network; the same call can succeed later. */
export const networkError = (message: string, cause: unknown): AuthpipeError => new AuthpipeError('network_error', message, { retryable: true, cause })
