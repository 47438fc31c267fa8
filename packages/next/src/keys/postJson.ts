// How key services are asked that need no SDK. They may stand on a private network, so the rules for providers do not fit; those of
// the framework's fetch neither, which would store what it is told.
import { createError } from '@authpipe/core'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isLoopbackHost } from '../addressRules.ts'

export interface JsonPost {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly timeoutMs: number
}

export interface JsonAnswer {
  readonly status: number
  /** `undefined` where it is no JSON. */
  readonly body: unknown
}

const mostBytes = 64 * 1024

/** Posts JSON and reads JSON: no redirect is followed, no proxy asked, and all of it has one deadline. */
export function postJson({ url, headers, body, timeoutMs }: JsonPost): Promise<JsonAnswer> {
  const text = JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const request = send(
      url,
      { method: 'POST', headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }, signal: AbortSignal.timeout(timeoutMs) },
      (response) => void readAnswer(response).then(resolve, reject),
    )
    request.once('error', reject)
    request.end(text)
  })
}

async function readAnswer(response: IncomingMessage): Promise<JsonAnswer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > mostBytes) {
      response.destroy()
      throw new Error('The key service answers with more than 64 KiB.')
    }
    chunks.push(chunk)
  }
  return { status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString()) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A text member of an answer, which may be nested. */
export function textAt(body: unknown, ...path: readonly string[]): string {
  let value = body
  for (const name of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  if (typeof value === 'string') return value
  throw new Error(`The key service answered without "${path.join('.')}".`)
}

/** @throws {AuthpipeError} `invalid_configuration` */
export function checkServiceUrl(text: string, option: string, allowInsecureLoopback: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && allowInsecureLoopback && isLoopbackHost(url.hostname))
  if (url && isAllowed && !url.username && !url.password && !url.search && !url.hash) return url
  throw createError('invalid_configuration', `"${option}" must be a plain https URL: unwrapped keys and a token travel to it.`)
}
