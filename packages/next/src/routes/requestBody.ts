// Reading a request body within limits.
import { AuthpipeError, createError, InvalidShape, type Parser } from '@authpipe/core'
import { parseJson } from '@authpipe/core/server'

/** Most bytes that a body to our routes may have, webhooks aside: 64 KiB. */
export const maxBodyBytes = 65_536

/** Longest time that a body may take to arrive, however little of it is missing: 30 seconds. */
export const bodyDeadlineMs = 30_000

/** @throws {AuthpipeError} `payload_too_large`; `invalid_request` (HTTP 408) where it takes too long */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw bodyTooLarge(maxBytes)
  const reader = request.body?.getReader()
  if (!reader) return new Uint8Array()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AuthpipeError('invalid_request', 'The body took too long to arrive.', { status: 408 })), bodyDeadlineMs)
  })
  try {
    return await readAll(reader, maxBytes, late)
  } catch (error) {
    // Nobody waits for the rest.
    void reader.cancel().catch(() => undefined)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, maxBytes: number, late: Promise<never>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await Promise.race([reader.read(), late])
    if (done) return Buffer.concat(chunks)
    size += value.byteLength
    if (size > maxBytes) throw bodyTooLarge(maxBytes)
    chunks.push(value)
  }
}

/** @throws {AuthpipeError} `payload_too_large`; `invalid_request` where it is not UTF-8, was read before or takes too long */
async function readText(request: Request): Promise<string> {
  if (request.bodyUsed) throw createError('invalid_request', 'The body was read before Authpipe could. Let "identify" read headers and cookies only.')
  const body = await readBytes(request, maxBodyBytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (cause) {
    throw createError('invalid_request', 'The body is not UTF-8.', { cause })
  }
}

export function bodyTooLarge(maxBytes: number): AuthpipeError {
  return createError('payload_too_large', `The body is larger than ${maxBytes} bytes.`)
}

/** The media type of a request, without parameters. */
export function mediaType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** @throws {AuthpipeError} `invalid_request` (HTTP 415) for another type */
export async function readJsonBody(request: Request): Promise<unknown> {
  if (mediaType(request) !== 'application/json') throw unsupportedType('application/json')
  const text = await readText(request)
  try {
    return parseJson(text)
  } catch {
    // The parser's error quotes the body, so it goes no further.
    throw createError('invalid_request', 'The body is not JSON.')
  }
}

/** @throws {AuthpipeError} `invalid_request` naming the member that has the wrong form */
export function parseBody<T>(parse: Parser<T>, body: unknown): T {
  try {
    return parse(body, 'body')
  } catch (error) {
    if (error instanceof InvalidShape) throw createError('invalid_request', error.message, { details: { path: error.path } })
    throw error
  }
}

/** @throws {AuthpipeError} `invalid_request` (HTTP 415) for another type */
export async function readFormBody(request: Request): Promise<URLSearchParams> {
  if (mediaType(request) !== 'application/x-www-form-urlencoded') throw unsupportedType('application/x-www-form-urlencoded')
  return new URLSearchParams(await readText(request))
}

export function unsupportedType(expected: string): AuthpipeError {
  return new AuthpipeError('invalid_request', `The body must be ${expected}.`, { status: 415 })
}
