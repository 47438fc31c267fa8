import { describe, expect, it } from 'vitest'
import { metricAttributes, spanAttributes } from './attributes.ts'

describe('the attributes of a span', () => {
  it('are those of the list, under the names of OpenTelemetry where it has one', () => {
    expect(spanAttributes({ provider: 'livechat', outcome: 'needs_reauth', error: 'needs_reauth', attempt: 2, store: 'sqlite' })).toEqual({
      'authpipe.provider.id': 'livechat',
      'authpipe.outcome': 'needs_reauth',
      'error.type': 'needs_reauth',
      'authpipe.attempt': 2,
      'db.system.name': 'sqlite',
    })
  })

  it('leave out whatever else they are given', () => {
    const facts = { provider: 'livechat', tenantId: 'org_acme', account: 'ada@example.com', token: 'CANARY' }
    expect(spanAttributes(facts)).toEqual({ 'authpipe.provider.id': 'livechat' })
  })

  it.each(['https://example.com/path', 'two words', 'x'.repeat(65), ''])('hold no text that is no code: "%s"', (provider) => {
    expect(spanAttributes({ provider })).toEqual({ 'authpipe.provider.id': '_OTHER' })
  })
})

it('the attributes of a metric leave out the number of the try, which would make a series of each', () => {
  expect(metricAttributes({ provider: 'livechat', attempt: 7 })).toEqual({ 'authpipe.provider.id': 'livechat' })
})
