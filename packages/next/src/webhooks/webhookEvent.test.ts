import type { WebhookDefinition } from '@authpipe/core'
import { describe, expect, it } from 'vitest'
import { readWebhookEvent, type UnownedEvent } from './webhookEvent.ts'

const named: WebhookDefinition = { scheme: 'none', id: 'event_id', type: { member: 'kind' } }

function read(body: string, { definition = named, headers = {} }: { definition?: WebhookDefinition; headers?: Record<string, string> } = {}): UnownedEvent {
  return readWebhookEvent(definition, { header: (name) => headers[name] ?? '', body: Buffer.from(body) }, false)
}

describe('readWebhookEvent', () => {
  it('takes id and type from where the definition says they stand', () => {
    expect(read('{"event_id":"e1","kind":"chat.started"}')).toEqual({ id: 'e1', type: 'chat.started', payload: { event_id: 'e1', kind: 'chat.started' } })
    expect(read('{"event_id":17}').id).toBe('17')
    expect(read('{}', { definition: { scheme: 'none', type: { header: 'X-Kind' } }, headers: { 'X-Kind': 'chat.ended' } }).type).toBe('chat.ended')
  })

  it('names an event by its type and bytes where it has no id', () => {
    const [one, same, otherType, otherBytes] = [read('{"kind":"a"}'), read('{"kind":"a"}'), read('{"kind":"b"}'), read('{"kind":"a" }')]
    expect(one.id).toBe(same.id)
    expect(new Set([one.id, otherType.id, otherBytes.id]).size).toBe(3)
  })

  it.each(['{}', '[]', '7', '{"kind":7}', '{"kind":""}', '{"kind":"a\\nb"}', `{"kind":"${'x'.repeat(201)}"}`])('calls the type unknown where it is not a name: %#', (body) => {
    expect(read(body).type).toBe('unknown')
  })

  it('lets no body reach a prototype', () => {
    const { payload } = read('{"__proto__":{"admin":true},"a":1}')
    expect(payload).toEqual({ a: 1 })
    expect(Object.getPrototypeOf(payload)).toBe(Object.prototype)
  })

  it('takes the secret out of the payload', () => {
    expect(read('{"secret":"CANARY","a":1}', { definition: { scheme: 'body_secret', member: 'secret' } }).payload).toEqual({ a: 1 })
  })

  it.each(['', '{', 'a=b', '\u0000', '\xff'])('refuses what is not JSON and quotes nothing of it: %#', (body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'invalid_request', message: 'The body of this webhook is not JSON. Let the provider send JSON.' }))
  })
})
