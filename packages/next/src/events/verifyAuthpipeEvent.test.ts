import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { sampleConnection, sampleTime } from '../store/sampleRecords.ts'
import { createEvent, createProviderEvent, toAuthpipeEvent } from './authpipeEvent.ts'
import { signEvent } from './signEvent.ts'
import { verifyAuthpipeEvent } from './verifyAuthpipeEvent.ts'

const [present, next, other] = ['a', 'b', 'c'].map((letter) => `whsec_${Buffer.alloc(32, letter).toString('base64')}`) as [string, string, string]
const event = toAuthpipeEvent(createEvent('connection.failed', sampleConnection(), sampleTime, { reason: 'account_suspended' }))
const minute = 60_000

function post({ body = JSON.stringify(event), secrets = [present], ageMs = 0, headers = {} }: { body?: string; secrets?: string[]; ageMs?: number; headers?: Record<string, string> } = {}) {
  return { headers: { ...signEvent(secrets, event.id, body, Date.now() - ageMs), ...headers }, body: Buffer.from(body) }
}

const refusal = expect.objectContaining({ code: 'webhook_signature_invalid', status: 401, message: expect.stringMatching(/^This is not signed with one of these secrets/) })

describe('verifyAuthpipeEvent', () => {
  it('gives the event of a request, or of headers and bytes as Node.js and others have them', async () => {
    const { headers, body } = post()
    expect(await verifyAuthpipeEvent(new Request('https://app.example.com/hook', { method: 'POST', headers, body }), [present])).toEqual(event)
    expect(await verifyAuthpipeEvent({ headers, body }, present)).toEqual(event)
    const shouted = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]))
    expect(await verifyAuthpipeEvent({ headers: shouted, body: new Uint8Array(body) }, [present])).toEqual(event)
  })

  it('gives an event of a provider, which has no tenant and no connection', async () => {
    const outage = toAuthpipeEvent(createProviderEvent('provider.outage', 'livechat', sampleTime))
    expect(await verifyAuthpipeEvent(post({ body: JSON.stringify(outage) }), present)).toEqual(outage)
    expect(Object.keys(outage)).toEqual(['id', 'provider', 'data', 'occurredAt', 'type'])
  })

  it('takes either secret while one replaces the other, on both sides', async () => {
    expect(await verifyAuthpipeEvent(post({ secrets: [present, next] }), next)).toEqual(event)
    expect(await verifyAuthpipeEvent(post({ secrets: [next] }), [present, next])).toEqual(event)
  })

  it.each([
    ['a secret that nobody has', post({ secrets: [other] })],
    ['other bytes', { ...post(), body: Buffer.from(JSON.stringify(event).replace('org_acme', 'org_evil')) }],
    ['the same JSON in other bytes', { ...post(), body: Buffer.from(JSON.stringify(event, null, 1)) }],
    ['another id', post({ headers: { 'webhook-id': 'other' } })],
    ['another time', post({ headers: { 'webhook-timestamp': String(Math.floor(Date.now() / 1_000) - 30) } })],
    ['a time that is no number', post({ headers: { 'webhook-timestamp': 'now' } })],
    ['a signature that is six minutes old', post({ ageMs: 6 * minute })],
    ['a signature of the future', post({ ageMs: -6 * minute })],
    ['no signature', post({ headers: { 'webhook-signature': '' } })],
    ['half a signature', post({ headers: { 'webhook-signature': 'v1,' } })],
    ['a signature of another version', { ...post(), headers: { ...post().headers, 'webhook-signature': post().headers['webhook-signature'].replace('v1,', 'v1a,') } }],
  ])('refuses %s in the same words', async (_, posted) => {
    await expect(verifyAuthpipeEvent(posted, [present])).rejects.toEqual(refusal)
  })

  it.each([['none', []], ['an empty one', ''], ['an empty one among others', [present, '']], ['one without its prefix', present.slice(6)], ['a short one', 'whsec_c2hvcnQ=']])('refuses secrets that cannot be any: %s', async (_, secrets) => {
    const attempt = verifyAuthpipeEvent(post(), secrets)
    await expect(attempt).rejects.toMatchObject({ code: 'invalid_configuration', message: expect.stringMatching(/^verifyAuthpipeEvent needs the secrets/) })
    const error: unknown = await attempt.catch((thrown: unknown) => thrown)
    expect(inspect(error)).not.toContain(present.slice(6, 20))
  })

  it.each([['no JSON', '{'], ['a list', '[]'], ['another thing', '{"id":"a","type":"b"}'], ['nothing', 'null']])('refuses what is signed and no event: %s', async (_, body) => {
    await expect(verifyAuthpipeEvent(post({ body }), present)).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringMatching(/^The body is signed but is no event/) })
  })

  it('says so where the bytes are gone', async () => {
    const { headers, body } = post()
    const request = new Request('https://app.example.com/hook', { method: 'POST', headers, body })
    await request.json()
    await expect(verifyAuthpipeEvent(request, present)).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringMatching(/was read before/) })
  })
})
