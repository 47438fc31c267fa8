import { createHash } from 'node:crypto'

import type { CodeChallenge } from './TokenLedger.ts'

// RFC 7636 §4.1: 43 to 128 unreserved characters.
const codeVerifier = /^[A-Za-z0-9\-._~]{43,128}$/

/** Whether a challenge has the form of one. */
export const isCodeChallenge = (value: string): boolean => codeVerifier.test(value)

/** Whether the verifier belongs to the challenge (RFC 7636 §4.6). */
export function verifierMatches(verifier: string, { value, method }: CodeChallenge): boolean {
  if (!codeVerifier.test(verifier)) return false
  return value === (method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url'))
}
