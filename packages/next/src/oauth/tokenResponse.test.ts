import { livechat } from '@authpipe/core/providers'
import { describe, expect, it } from 'vitest'
import { RegisteredProvider } from '../registrations.ts'
import { normalizeTokenResponse, readLifetimeSeconds } from './tokenResponse.ts'

const client = new RegisteredProvider(livechat({ clientId: 'id', clientSecret: 'secret' }), false).oauth({})
const tokens = { access_token: 'token', token_type: 'Bearer' }
const answer = (body: unknown, status = 200): Response => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })

async function normalize(body: unknown, status = 200): Promise<{ status: number; body: unknown; extra: Record<string, unknown> }> {
  const { response, extra } = await normalizeTokenResponse(client, answer(body, status))
  return { status: response.status, body: await response.json(), extra }
}

const invalid = (message: string): object => ({ code: 'provider_response_invalid', message })

describe('normalizeTokenResponse', () => {
  it('writes an answer anew in the standard form and keeps plain members beside it', async () => {
    expect(
      await normalize({
        ...tokens,
        refresh_token: 'refresh',
        expires_in: '3600',
        scope: 'a,b',
        account_id: 'acc',
        organization_id: 7,
        id_token: 'x',
        nested: {},
      }),
    ).toEqual({
      status: 200,
      body: { access_token: 'token', token_type: 'bearer', refresh_token: 'refresh', expires_in: 3600, scope: 'a b' },
      extra: { account_id: 'acc', organization_id: 7 },
    })
  })

  // TK-9
  it.each([
    [{ ok: false, error: 'invalid_code' }, 'invalid_code'],
    [{ error: 'bad_verification_code', error_description: 'CANARY' }, 'bad_verification_code'],
    [{ ...tokens, error: 'invalid_grant' }, 'invalid_grant'],
    // TK-28: what is no error code is not passed on.
    [{ error: '<script>CANARY</script>' }, 'unknown'],
    [{ error: 'x'.repeat(101) }, 'unknown'],
    [{ error: 'a\nb' }, 'unknown'],
    [{ error: '' }, 'unknown'],
  ])('turns a 200 with %j into a refusal that names only the code', async (body, error) => {
    expect(await normalize(body)).toEqual({ status: 400, body: { error }, extra: {} })
  })

  it.each([400, 401, 403])('keeps the status %i of a refusal', async (status) => {
    expect(await normalize({ error: 'invalid_grant' }, status)).toEqual({ status, body: { error: 'invalid_grant' }, extra: {} })
  })

  // TK-7, TK-10
  it.each([
    '',
    ' ',
    'null',
    '[]',
    '"x"',
    '7',
    'true',
    '{',
    '{"access_token":',
    '<html>',
    'access_token=token&token_type=bearer',
    `${'['.repeat(20_000)}`,
  ])('refuses a body that is not a JSON object: %j', async (body) => {
    for (const status of [200, 302, 400, 403]) {
      await expect(normalize(body, status)).rejects.toMatchObject(invalid(`The provider's token answer (HTTP ${status}) is not a JSON object.`))
    }
  })

  it.each([201, 202, 302, 307, 400, 404])('refuses an answer of HTTP %i that holds neither tokens nor an error', async (status) => {
    await expect(normalize({ ...tokens }, status)).rejects.toMatchObject(
      invalid(`The provider's token answer (HTTP ${status}) holds neither tokens nor an error.`),
    )
  })

  it.each([
    [500, '<html>'],
    [502, ''],
    [503, '[]'],
    [503, '{"message":"busy"}'],
    [429, 'slow down'],
  ])('takes HTTP %i for trouble of the server, whatever its body: %j', async (status, body) => {
    expect(await normalize(body, status)).toEqual({ status: status === 429 ? 429 : 400, body: { error: 'temporarily_unavailable' }, extra: {} })
  })

  it('reads past a byte order mark', async () => {
    expect((await normalize(`\uFEFF${JSON.stringify(tokens)}`)).body).toEqual({ access_token: 'token', token_type: 'bearer' })
  })

  it('takes the last of duplicate members, as JSON does', async () => {
    expect((await normalize('{"access_token":"one","access_token":"two","token_type":"bearer"}')).body).toMatchObject({ access_token: 'two' })
  })

  // TK-22
  it.each([undefined, null, '', 7, {}, [], true, 'a\r\nb', 'a\nb', 'a\u0000b', 'a\tb', ' a', 'a ', 'a  b', 'tökén', 'a\u2028b', 'x'.repeat(65_537)])(
    'refuses the access token %j, which no request header can carry',
    async (access_token) => {
      await expect(normalize({ ...tokens, access_token })).rejects.toMatchObject(
        invalid('The provider sent a token that is missing or has characters that no request header can carry.'),
      )
    },
  )

  it.each(['a', 'dal:A-b_c.d~e+f/g==', 'two words', 'x'.repeat(65_536)])('takes an access token such as %j', async (access_token) => {
    expect((await normalize({ ...tokens, access_token })).body).toMatchObject({ access_token })
  })

  // TK-21
  it.each([undefined, null, '', 'DPoP', 'mac', 'bearer ', 7, ['bearer']])('refuses the token type %j', async (token_type) => {
    await expect(normalize({ ...tokens, token_type })).rejects.toMatchObject(
      invalid('The provider sent a token whose type is not bearer, so it cannot be used.'),
    )
  })

  // TK-24
  it.each([undefined, null, ''])('leaves out a refresh token that is %j', async (refresh_token) => {
    expect((await normalize({ ...tokens, refresh_token })).body).not.toHaveProperty('refresh_token')
  })

  it.each([7, {}, 'a\r\nb'])('refuses the refresh token %j', async (refresh_token) => {
    await expect(normalize({ ...tokens, refresh_token })).rejects.toMatchObject(
      invalid('The provider sent a token that is missing or has characters that no request header can carry.'),
    )
  })

  // TK-19
  it.each([1_900_000_000, 1_900_000_000_000, '2030-01-01T00:00:00Z'])('does not guess a life from expires_at %j', async (expires_at) => {
    expect((await normalize({ ...tokens, expires_at })).body).not.toHaveProperty('expires_in')
  })

  // TK-20
  it.each([
    ['a,b', 'a b'],
    ['a b', 'a b'],
    ['a, b,,a', 'a b'],
    [['a', 'b'], 'a b'],
    ['', ''],
    [undefined, undefined],
    [null, undefined],
    [7, undefined],
    [['a', 7], undefined],
    ['a"b', undefined],
    ['a\nb', undefined],
  ])('reads the scope %j as %j', async (scope, expected) => {
    expect((await normalize({ ...tokens, scope })).body).toEqual({
      access_token: 'token',
      token_type: 'bearer',
      ...(expected === undefined ? {} : { scope: expected }),
    })
  })

  // TK-25
  it('copies no member that reaches a prototype', async () => {
    const { extra } = await normalize(
      '{"access_token":"token","token_type":"bearer","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":"x","hasOwnProperty":"y"}',
    )
    expect(Object.getPrototypeOf(extra)).toBe(Object.prototype)
    expect(Object.keys(extra)).toEqual(['toString', 'hasOwnProperty'])
    expect('polluted' in {}).toBe(false)
  })

  it('quotes nothing of an answer that it refuses', async () => {
    for (const body of ['CANARY', '{"access_token":"CANARY\\n"}', '{"message":"CANARY"}']) {
      const error: unknown = await normalize(body, 400).catch((thrown: unknown) => thrown)
      expect(JSON.stringify([(error as Error).message, (error as Error).cause])).not.toContain('CANARY')
    }
  })
})

describe('readLifetimeSeconds', () => {
  const year = 365 * 24 * 3600
  // TK-18
  it.each([
    [3600, 3600],
    ['3600', 3600],
    ['3600.7', 3600],
    [3600.7, 3600],
    [0, 0],
    [-5, 0],
    [-1e20, 0],
    [1e20, year],
    [9007199254740993, year],
    ['99999999999999999', year],
    ['abc', undefined],
    ['', undefined],
    [' 3600', undefined],
    ['-5', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['9'.repeat(400), undefined],
    [null, undefined],
    [undefined, undefined],
    [[], undefined],
    [[3600], undefined],
    [{}, undefined],
    [true, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
  ])('reads %j as %j', (value, seconds) => {
    expect(readLifetimeSeconds(value)).toBe(seconds)
  })
})
