import { describe, expect, it } from 'vitest'
import { findObstacles, parsePolicies } from './contentSecurityPolicy.ts'

const origin = 'https://app.example.com'
const directives = (policy: string): string[] => parsePolicies(policy).flatMap((one) => findObstacles(one, origin)).map(({ directive, lacks }) => `${directive} ${lacks}`)

describe('a Content-Security-Policy', () => {
  it.each([
    `default-src 'self'`,
    `default-src 'none'; connect-src 'self'; form-action 'self'`,
    `connect-src https:; form-action *`,
    `connect-src https://app.example.com; form-action *.example.com`,
    `CONNECT-SRC 'SELF'; Form-Action app.example.com`,
    `script-src 'nonce-1'; frame-ancestors 'none'`,
    `connect-src 'self'; connect-src 'none'`,
    `sandbox allow-scripts allow-same-origin allow-popups allow-forms`,
    '',
  ])('lets the button work: %s', (policy) => {
    expect(directives(policy)).toEqual([])
  })

  it.each([
    [`default-src 'none'`, [`connect-src 'self'`]],
    [`default-src 'self'; connect-src https://api.example.com`, [`connect-src 'self'`]],
    [`form-action 'none'`, [`form-action 'self'`]],
    [`form-action https://app.example.com:8443`, [`form-action 'self'`]],
    [`form-action https://*.app.example.com`, [`form-action 'self'`]],
    [`sandbox allow-scripts allow-same-origin`, ['sandbox allow-popups', 'sandbox allow-forms']],
    // Each policy of several has to allow it.
    [`default-src 'self', form-action 'none'`, [`form-action 'self'`]],
  ])('keeps it from working: %s', (policy, lacks) => {
    expect(directives(policy)).toEqual(lacks)
  })
})
