import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gzipSync } from 'node:zlib'

import type { Reply } from '../http/reply.ts'
import type { Fault } from './Fault.ts'

const json = { 'content-type': 'application/json; charset=utf-8' }

/** Sends a reply as the fault wants it; `reply` is absent where the fault kept the request from its work. */
export async function deliver(response: ServerResponse, reply: Reply | undefined, fault: Fault | undefined): Promise<void> {
  // A client that left during a hold fires no more events, so nothing would ever stop a stream to it.
  if (response.destroyed) return
  switch (fault?.kind) {
    case undefined:
      if (reply) send(response, reply)
      return
    case 'answer': {
      const { status, headers = {}, body = '' } = fault
      const type = { 'content-type': typeof body === 'string' ? 'text/html; charset=utf-8' : json['content-type'] }
      send(response, { status, headers: { ...type, ...lowerCased(headers) }, body: typeof body === 'string' ? body : JSON.stringify(body) })
      return
    }
    case 'redirect':
      send(response, { status: fault.status, headers: { location: fault.location }, body: '' })
      return
    case 'amend':
      if (reply) send(response, amend(reply, fault))
      return
    case 'drop':
      response.destroy()
      return
    case 'oversized':
      return stream(response, json, endlessString(fault.bytes ?? 100_000_000))
    case 'gzip_bomb':
      return stream(response, { ...json, 'content-encoding': 'gzip' }, bomb(fault.bytes ?? 200_000_000))
    case 'trickle':
      return trickle(response, reply ?? { status: 200, headers: json, body: `{"access_token":"${'a'.repeat(4096)}` }, fault.intervalMs ?? 1000)
  }
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, headers).end(body)
}

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

function amend(reply: Reply, { members = {}, without = [] }: Extract<Fault, { kind: 'amend' }>): Reply {
  if (reply.headers['content-type'] !== json['content-type']) return reply
  const value: unknown = JSON.parse(reply.body)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return reply
  const kept = Object.entries(value).filter(([key]) => !without.includes(key))
  // fromEntries makes own members even of names such as __proto__, which JSON then shows.
  return { ...reply, body: JSON.stringify(Object.fromEntries([...kept, ...Object.entries(members)])) }
}

async function stream(response: ServerResponse, headers: Record<string, string>, chunks: Iterable<Buffer>): Promise<void> {
  response.writeHead(200, headers)
  try {
    await pipeline(Readable.from(chunks, { objectMode: false }), response)
  } catch {
    // A client that has had enough hangs up: that is what this fault is for.
  }
}

const chunkBytes = 65_536

function* endlessString(bytes: number): Generator<Buffer> {
  yield Buffer.from('{"access_token":"')
  const chunk = Buffer.alloc(chunkBytes, 'a')
  for (let sent = 0; sent < bytes; sent += chunkBytes) yield chunk
}

// RFC 1952 §2.2: a gzip file is a series of members, so one small member repeated inflates without end.
function* bomb(bytes: number): Generator<Buffer> {
  const memberBytes = 1_000_000
  const member = gzipSync(Buffer.alloc(memberBytes, ' '))
  for (let sent = 0; sent < bytes; sent += memberBytes) yield member
}

function trickle(response: ServerResponse, { status, headers, body }: Reply, intervalMs: number): Promise<void> {
  response.writeHead(status, headers)
  const bytes = Buffer.from(body)
  let sent = 0
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      response.write(bytes.subarray(sent, sent + 1))
      sent += 1
      if (sent >= bytes.byteLength) response.end()
    }, intervalMs)
    response.on('close', () => {
      clearInterval(timer)
      resolve()
    })
    response.on('finish', () => clearInterval(timer))
  })
}
