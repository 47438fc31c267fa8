import { afterEach, beforeEach, expect, it } from 'vitest'
import { startEventReceiver, type EventReceiver } from '../../test/eventReceiver.ts'
import { createOutbound, type Lookup, type Outbound } from '../outboundFetch.ts'
import { sampleConnection, sampleTime } from '../store/sampleRecords.ts'
import { createEvent, toAuthpipeEvent } from './authpipeEvent.ts'
import { sendEvent } from './sendEvent.ts'

const secrets = [`whsec_${Buffer.alloc(32).toString('base64')}`]
const event = toAuthpipeEvent(createEvent('connection.created', sampleConnection(), sampleTime))
const never = new AbortController().signal

let receiver: EventReceiver
let outbounds: Outbound[]
beforeEach(async () => {
  outbounds = []
  receiver = await startEventReceiver()
})
afterEach(async () => {
  await receiver.close()
  await Promise.all(outbounds.map((outbound) => outbound.close()))
})

function send(url = receiver.url, options: { allowInsecureLoopback?: boolean; lookup?: Lookup } = {}, signal = never) {
  const outbound = createOutbound({ allowInsecureLoopback: true, timeoutMs: 300, ...options })
  outbounds.push(outbound)
  return sendEvent(outbound.fetch, { url, secrets }, event, sampleTime, signal)
}

it.each([200, 201, 202, 204, 299])('the answer %i takes an event', async (status) => {
  receiver.answer = (response) => response.writeHead(status).end()
  expect(await send()).toEqual({ isTaken: true })
})

// WO-5
it('an answer takes an event however long it says it is, and is not read', async () => {
  receiver.answer = (response) => response.writeHead(200, { 'content-length': 10_000_000_000 }).write('.')
  expect(await send()).toEqual({ isTaken: true })
})

// WO-5
it.each([
  ['says nothing', () => undefined],
  ['begins an answer of known length and drips it', (response) => response.writeHead(200, { 'content-length': 100 }).write('.')],
  ['hangs up', (response) => response.destroy()],
] satisfies [string, EventReceiver['answer']][])('a receiver that %s has not taken it, which is known in time', async (_, answer) => {
  receiver.answer = answer
  const began = performance.now()
  expect(await send()).toEqual({ isTaken: false, reason: 'no answer' })
  expect(performance.now() - began).toBeLessThan(2_000)
})

// WO-5
it.each([
  [300, undefined, { reason: 'HTTP 300', isGone: false }],
  [400, undefined, { reason: 'HTTP 400', isGone: false }],
  [410, undefined, { reason: 'HTTP 410', isGone: true }],
  [429, '120', { reason: 'HTTP 429', isGone: false, restMs: 120_000 }],
  [503, new Date(sampleTime + 60_000).toUTCString(), { reason: 'HTTP 503', isGone: false, restMs: 60_000 }],
  [503, 'soon', { reason: 'HTTP 503', isGone: false }],
  [503, '999999999', { reason: 'HTTP 503', isGone: false, restMs: 3_600_000 }],
])('the answer %i with Retry-After %s takes none, and is understood', async (status, retryAfter, telling) => {
  receiver.answer = (response) => response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('CANARY of the receiver')
  expect(await send()).toEqual({ isTaken: false, ...telling })
})

// SS-4, SS-5, SS-6, SS-9, SS-14
it.each([
  ['a name of a private address', 'https://hooks.example.com/', ['10.0.0.1']],
  ['a name of the metadata service', 'https://hooks.example.com/', ['169.254.169.254']],
  ['a name of this machine', 'https://hooks.example.com/', ['127.0.0.1']],
  ['a name of a good and a bad address', 'https://hooks.example.com/', ['93.184.215.14', '10.0.0.1']],
])('%s is not called', async (_, url, addresses) => {
  const lookup: Lookup = (_name, _options, answer) => answer(null, addresses.map((address) => ({ address, family: 4 })))
  expect(await send(url, { allowInsecureLoopback: false, lookup })).toEqual({ isTaken: false, reason: 'no answer' })
  expect(receiver.posted).toEqual([])
})

// SS-14
it('this machine is not called without allowInsecureLoopback', async () => {
  expect(await send(receiver.url, { allowInsecureLoopback: false })).toEqual({ isTaken: false, reason: 'no answer' })
  expect(receiver.posted).toEqual([])
})

it('a server that closes leaves a try, and blames nobody', async () => {
  const closing = new AbortController()
  receiver.answer = () => closing.abort()
  expect(await send(receiver.url, {}, closing.signal)).toEqual({ isTaken: false })
})
