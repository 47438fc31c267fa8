import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { bodyDeadlineMs, maxBodyBytes, mediaType, readFormBody, readJsonBody } from './requestBody.ts'

const form = 'application/x-www-form-urlencoded'
type Body = ConstructorParameters<typeof Response>[0]

function request(body: Body, type?: string, headers: Readonly<Record<string, string>> = {}): Request {
  const made = new Request('http://localhost:3000/', { method: 'POST', body: body ?? null, duplex: 'half' })
  made.headers.delete('content-type')
  if (type !== undefined) made.headers.set('content-type', type)
  for (const [name, value] of Object.entries(headers)) made.headers.set(name, value)
  return made
}
const json = (body: Body, headers?: Readonly<Record<string, string>>): Request => request(body, 'application/json', headers)

/** A body of unknown length that does not end, and how much of it was taken. */
function endless(): { readonly body: ReadableStream<Uint8Array>; readonly taken: () => number } {
  let taken = 0
  const chunk = new Uint8Array(16_384).fill(0x20)
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    taken += chunk.byteLength
    controller.enqueue(chunk)
  }
  const body = new ReadableStream({ pull }, { highWaterMark: 0 })
  return { body, taken: () => taken }
}

describe('mediaType', () => {
  it.each([
    ['application/json', 'application/json'],
    ['Application/JSON; charset=utf-8', 'application/json'],
    [' application/json ;x', 'application/json'],
    [undefined, ''],
  ])('reads %j as %j', (type, expected) => {
    expect(mediaType(request('{}', type))).toBe(expected)
  })
})

describe('readJsonBody', () => {
  it('gives what the body says', async () => {
    expect(await readJsonBody(json('{"a":[1]}'))).toEqual({ a: [1] })
  })

  // HT-2
  it.each([
    undefined,
    'text/plain',
    'text/plain;application/json',
    form,
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/problem+json',
  ])('refuses a body that says it is %s with 415', async (type) => {
    await expect(readJsonBody(request('{"provider":"livechat"}', type))).rejects.toMatchObject({
      code: 'invalid_request',
      status: 415,
      message: 'The body must be application/json.',
    })
  })

  it.each(['', '{', 'a=b', '\u0000', `${'['.repeat(60_000)}`])('refuses what is not JSON', async (body) => {
    await expect(readJsonBody(json(body))).rejects.toMatchObject({ code: 'invalid_request', status: 400, message: 'The body is not JSON.' })
  })

  it('quotes nothing of what it refuses', async () => {
    const error: unknown = await readJsonBody(json('CANARY')).catch((thrown: unknown) => thrown)
    expect(inspect(error, { depth: Infinity })).not.toContain('CANARY')
  })

  it('refuses bytes that are not UTF-8', async () => {
    await expect(readJsonBody(json(new Uint8Array([0x22, 0xff, 0x22])))).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'The body is not UTF-8.',
    })
  })

  // HT-13
  it('lets no body reach a prototype', async () => {
    const body = await readJsonBody(
      json('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"settings":{"__proto__":{"admin":true}}}'),
    )
    expect(body).toEqual({ settings: {} })
    expect('admin' in {}).toBe(false)
  })

  const tooLarge = { code: 'payload_too_large', status: 413, message: `The body is larger than ${maxBodyBytes} bytes.` }

  // HT-11
  it('refuses a body that announces too much without reading it', async () => {
    const { body, taken } = endless()
    await expect(readJsonBody(json(body, { 'content-length': String(maxBodyBytes + 1) }))).rejects.toMatchObject(tooLarge)
    expect(taken()).toBe(0)
  })

  it('stops reading a body that does not end', async () => {
    const { body, taken } = endless()
    await expect(readJsonBody(json(body))).rejects.toMatchObject(tooLarge)
    expect(taken()).toBeLessThan(2 * maxBodyBytes)
  })

  // WI-10, LM-10
  it('gives up on a body that trickles, half a minute after it began', async () => {
    vi.useFakeTimers()
    let cancelled = false
    let timer: NodeJS.Timeout | undefined
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void (timer = setInterval(() => controller.enqueue(Buffer.from(' ')), 1_000)),
      cancel: () => {
        clearInterval(timer)
        cancelled = true
      },
    })
    const reading = readJsonBody(json(body)).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(bodyDeadlineMs - 1)
    expect(cancelled).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect([await reading, cancelled]).toEqual([expect.objectContaining({ code: 'invalid_request', status: 408, message: 'The body took too long to arrive.' }), true])
    vi.useRealTimers()
  })

  it('is not deceived by a small announcement', async () => {
    await expect(readJsonBody(json(endless().body, { 'content-length': '2' }))).rejects.toMatchObject(tooLarge)
  })

  it('takes a body of exactly the cap', async () => {
    const body = JSON.stringify('a'.repeat(maxBodyBytes - 2))
    expect(await readJsonBody(json(body))).toHaveLength(maxBodyBytes - 2)
  })

  it('says who else read the body', async () => {
    const read = json('{}')
    await read.text()
    await expect(readJsonBody(read)).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'The body was read before Authpipe could. Let "identify" read headers and cookies only.',
    })
  })
})

describe('readFormBody', () => {
  it('gives each field as often as it stands', async () => {
    expect([...(await readFormBody(request('a=1&a=2&b=%20', form)))]).toEqual([
      ['a', '1'],
      ['a', '2'],
      ['b', ' '],
    ])
  })

  it.each([undefined, 'application/json', 'multipart/form-data; boundary=x'])('refuses a body that says it is %s with 415', async (type) => {
    await expect(readFormBody(request('a=1', type))).rejects.toMatchObject({
      code: 'invalid_request',
      status: 415,
      message: `The body must be ${form}.`,
    })
  })

  it('lives with malformed percent-encoding', async () => {
    expect([...(await readFormBody(request('a=%&b=%zz&%=1', form)))]).toEqual([
      ['a', '%'],
      ['b', '%zz'],
      ['%', '1'],
    ])
  })
})
