import { describe, expect, it } from 'vitest'
import { AuthpipeError, createError, errorDocsUrl, errorTable, toProblem, type ServerErrorCode } from './errors.ts'
import { parseProblem } from './protocol.ts'

const codes = Object.keys(errorTable) as ServerErrorCode[]

describe('errorTable', () => {
  // The table of docs/errors.md, written down a second time so that a code or a status cannot change unnoticed.
  it.each([
    ['invalid_configuration', 500],
    ['encryption_key_unavailable', 500],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['origin_not_allowed', 403],
    ['invalid_request', 400],
    ['not_found', 404],
    ['unknown_provider', 404],
    ['rate_limited', 429],
    ['payload_too_large', 413],
    ['session_not_found', 404],
    ['session_expired', 410],
    ['session_already_used', 409],
    ['state_mismatch', 400],
    ['issuer_mismatch', 400],
    ['principal_mismatch', 403],
    ['authorization_denied', 403],
    ['authorization_failed', 502],
    ['code_exchange_failed', 502],
    ['account_mismatch', 409],
    ['connection_not_found', 404],
    ['needs_reauth', 409],
    ['refresh_failed', 502],
    ['credential_rejected', 422],
    ['insufficient_scope', 409],
    ['provider_unreachable', 503],
    ['provider_rate_limited', 503],
    ['provider_response_invalid', 502],
    ['provider_misconfigured', 502],
    ['vault_unavailable', 503],
    ['credential_undecryptable', 500],
    ['store_unavailable', 503],
    ['webhook_signature_invalid', 401],
    ['internal_error', 500],
  ] as const)('gives %s the status %i', (code, status) => {
    expect(createError(code, 'text')).toMatchObject({ code, status, message: 'text' })
  })

  it('has 34 codes', () => {
    expect(codes).toHaveLength(34)
  })

  it('calls retryable exactly what can mend itself', () => {
    const retryable = codes.filter((code) => createError(code, '').retryable)
    expect(retryable).toEqual([
      'rate_limited',
      'refresh_failed',
      'provider_unreachable',
      'provider_rate_limited',
      'vault_unavailable',
      'store_unavailable',
    ])
  })
})

describe('AuthpipeError', () => {
  it('is known by instanceof when another copy of the module made it', () => {
    const foreign = Object.assign(new Error('text'), { [Symbol.for('authpipe.error')]: true })
    expect(foreign instanceof AuthpipeError).toBe(true)
    expect(new Error('text') instanceof AuthpipeError).toBe(false)
  })

  it('points at the anchor of its code', () => {
    expect(createError('needs_reauth', '').docsUrl).toBe(errorDocsUrl('needs_reauth'))
    expect(errorDocsUrl('needs_reauth')).toMatch(/\/docs\/errors\.md#needs_reauth$/)
  })

  it('has no status and is not retryable unless told, as browser codes are', () => {
    expect(new AuthpipeError('popup_blocked', 'text')).toMatchObject({
      code: 'popup_blocked',
      message: 'text',
      status: 0,
      retryable: false,
      details: undefined,
    })
  })
})

describe('toProblem', () => {
  it('writes type, title, status, detail, code and details', () => {
    const error = createError('invalid_request', 'The setting is missing.', { details: { setting: 'subdomain' } })
    expect(toProblem(error)).toEqual({
      type: errorDocsUrl('invalid_request'),
      title: 'The request is not valid',
      status: 400,
      detail: 'The setting is missing.',
      code: 'invalid_request',
      details: { setting: 'subdomain' },
    })
  })

  it.each(codes)('survives the wire as %s', (code) => {
    const error = createError(code, 'text')
    const { status, retryable } = error
    expect(parseProblem(JSON.parse(JSON.stringify(toProblem(error))), status)).toMatchObject({ code, status, retryable })
  })

  it.each(codes)('never writes the cause or the stack of %s', (code) => {
    const problem = toProblem(createError(code, 'text', { cause: new Error('CANARY') }))
    expect(JSON.stringify(problem)).not.toContain('CANARY')
    for (const name of ['cause', 'stack']) expect(problem).not.toHaveProperty(name)
  })

  // HT-18
  it.each([
    'invalid_configuration',
    'encryption_key_unavailable',
    'credential_undecryptable',
    'internal_error',
    'vault_unavailable',
    'store_unavailable',
  ] as const)('keeps the message and details of %s, which is a fault of the server, to itself', (code) => {
    const problem = toProblem(createError(code, 'CANARY at /srv/app', { details: { kid: 'CANARY' }, instance: 'id-1' }))
    expect(JSON.stringify(problem)).not.toContain('CANARY')
    expect(problem).toMatchObject({ code, detail: `${errorTable[code].title}. The server's log says more.`, instance: 'id-1' })
  })
})
