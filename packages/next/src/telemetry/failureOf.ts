import { AuthpipeError } from '@authpipe/core'
import { TokenRequestFailed } from '../oauth/tokenRequests.ts'
import type { Outcome } from './telemetry.ts'

/** How an operation ended that threw: a code of ours, and never a text. */
export function failureOf(thrown: unknown): Outcome {
  if (thrown instanceof AuthpipeError) return { outcome: thrown.code, isFailure: true }
  if (thrown instanceof TokenRequestFailed) return { outcome: thrown.failureClass, isFailure: true }
  return { outcome: 'internal_error', isFailure: true }
}
