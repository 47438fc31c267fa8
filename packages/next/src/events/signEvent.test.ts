import { expect, it } from 'vitest'
import { signEvent } from './signEvent.ts'

// WO-1. The vector of the reference library: standard-webhooks/standard-webhooks, libraries/javascript/src/webhook.test.ts, "sign function works".
const vector = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  seconds: 1614265330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
}

it('signs as the reference vector says, by whole seconds', () => {
  const { secret, id, seconds, body, signature } = vector
  for (const now of [seconds * 1_000, seconds * 1_000 + 999]) {
    expect(signEvent([secret], id, body, now)).toEqual({ 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signature })
  }
})

it('puts the signatures of several secrets into one header, in their order', () => {
  const { secret, id, seconds, body, signature } = vector
  const other = `whsec_${Buffer.alloc(32).toString('base64')}`
  const [first, second] = signEvent([secret, other], id, body, seconds * 1_000)['webhook-signature'].split(' ')
  expect(first).toBe(signature)
  expect(second).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/)
  expect(second).not.toBe(signature)
})
