import type { Provider, WebhookDefinition } from '@authpipe/core'
import { crisp, helpScout, livechat } from '@authpipe/core/providers'
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isGenuine, toleranceMs } from './isGenuine.ts'
import type { WebhookMessage } from './webhookMessage.ts'

const message = (headers: Readonly<Record<string, string>>, body: string): WebhookMessage => ({
  header: (name) => headers[name] ?? '',
  body: Buffer.from(body),
})
const webhookOf = ({ definition }: Pick<Provider, 'definition'>): WebhookDefinition => definition.webhook ?? { scheme: 'none' }

describe('isGenuine', () => {
  // The vector of the official PHP SDK's tests.
  it('knows a webhook of Help Scout', () => {
    const webhook = message({ 'X-HelpScout-Signature': '7S2+kN8bZsrdAEADJ+yYfWWsf/4=' }, '{"id":123}')
    expect(isGenuine(webhookOf(helpScout), webhook, ['asdfasdf'], 0)).toBe(true)
    expect(isGenuine(webhookOf(helpScout), webhook, ['asdfasdg'], 0)).toBe(false)
  })

  // Computed with the algorithm of the official SDK, not captured from Crisp.
  describe('of a hook of Crisp', () => {
    const sentAt = 1_721_131_200_000
    const body = `{"website_id":"11111111-2222-4333-8444-555555555555","event":"message:send","data":{"content":"hi"},"timestamp":${sentAt}}`
    const signature = '4a9751499ccdbd1774eec43e198c46a03cb1fa3825c11d05020b50affc59d5e8'
    const webhook = message({ 'X-Crisp-Signature': signature, 'X-Crisp-Request-Timestamp': String(sentAt) }, body)
    const isKnown = (now: number): boolean => isGenuine(webhookOf(crisp), webhook, ['crisp-hook-secret'], now)

    it('is so within five minutes on either side', () => {
      expect([isKnown(sentAt), isKnown(sentAt + toleranceMs), isKnown(sentAt - toleranceMs)]).toEqual([true, true, true])
    })

    it('is not so outside of them', () => {
      expect([isKnown(sentAt + toleranceMs + 1), isKnown(sentAt - toleranceMs - 1)]).toEqual([false, false])
    })
  })

  it.each([
    ['right', '{"secret_key":"right"}', true],
    ['another', '{"secret_key":"wrong"}', false],
    ['none', '{}', false],
    ['one in a list', '{"secret_key":["right"]}', false],
    ['one that is inherited', '{"__proto__":{"secret_key":"right"}}', false],
    ['one in a body that is no object', '"right"', false],
    ['one in a body that is not JSON', 'secret_key=right', false],
  ])('knows a webhook of LiveChat whose secret is %s', (_, body, isKnown) => {
    expect(isGenuine(webhookOf(livechat), message({}, body), ['right'], 0)).toBe(isKnown)
  })

  it('takes any of several secrets', () => {
    expect(isGenuine(webhookOf(livechat), message({}, '{"secret_key":"b"}'), ['a', 'b'], 0)).toBe(true)
  })

  // WI-8
  it('never takes an empty secret', () => {
    const signed = message({ 'X-HelpScout-Signature': createHmac('sha1', '').update('{}').digest('base64') }, '{}')
    expect(isGenuine(webhookOf(helpScout), signed, [''], 0)).toBe(false)
    expect(isGenuine(webhookOf(livechat), message({}, '{"secret_key":""}'), [''], 0)).toBe(false)
  })

  it('knows nothing that is not signed', () => {
    expect(isGenuine({ scheme: 'none' }, message({}, '{}'), ['secret'], 0)).toBe(false)
  })
})
