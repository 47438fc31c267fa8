import { createHash } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { verifierMatches } from './codeChallenge.ts'

describe('verifierMatches', () => {
  it('holds for RFC 7636 Appendix B', () => {
    expect(verifierMatches('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', { value: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', method: 'S256' })).toBe(true)
  })

  it.each(['a'.repeat(42), 'a'.repeat(129), `${'a'.repeat(42)}+`])('refuses a verifier that RFC 7636 §4.1 does not allow: %s', (verifier) => {
    expect(verifierMatches(verifier, { value: createHash('sha256').update(verifier).digest('base64url'), method: 'S256' })).toBe(false)
  })
})
