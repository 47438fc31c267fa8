// One process of an app. Its parent says what it is made of, calls it by messages, and stops or kills it.
import { AuthpipeError, type Credential, type CredentialQuery } from '@authpipe/core'
import { flushCompileCache } from 'node:module'
import { DatabaseSync } from 'node:sqlite'
import type { Authpipe } from '../../src/createAuthpipe.ts'
import type { ConnectionRef } from '../../src/credentials/connectionErrors.ts'
import { createKeyring, parseKeys } from '../../src/vault/keyring.ts'
import { composeApp, type AppParts } from './composeApp.ts'
import { GatedKeys } from './GatedKeys.ts'
import { importCopy } from './importCopy.ts'
import type { WorkerSetup } from './workerSetup.ts'

/** A credential as the parent sees it. */
export interface Reading {
  readonly credential: string
  readonly connectionId: string
  readonly refreshed: boolean
  readonly expiresAt?: string
}

/** What many readers of one credential were given. */
export interface Readings {
  /** Each one's, in the order in which they asked. */
  readonly credentials: readonly string[]
  /** Codes of those who were refused. */
  readonly refusals: readonly string[]
  readonly longestMs: number
}

/** An HTTP message without streams. */
export interface PlainRequest {
  readonly url: string
  readonly method: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

export interface PlainResponse {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

export interface Call {
  readonly id: number
  readonly name: keyof WorkerCalls
  readonly args: readonly unknown[]
}

export type Outcome =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: { readonly code?: string; readonly message: string; readonly retryable?: boolean; readonly details?: AuthpipeError['details'] } }

// What SQLite has to be told is told to the very connection that the store uses.
const databases = new Set<DatabaseSync>()
const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
  databases.add(this)
  exec.call(this, sql)
}

const setup = JSON.parse(process.argv[2] ?? '') as WorkerSetup
const keys = new GatedKeys(createKeyring(parseKeys(setup.keys)))
let aheadMs = setup.clockAheadMs
const events: string[] = []
const parts: AppParts = { setup, keys, now: () => Date.now() + aheadMs, onEvent: ({ type }) => void events.push(type) }
const apps: Authpipe[] = [composeApp(parts)]

function app(copy = 0): Authpipe {
  const found = apps[copy]
  if (!found) throw new Error(`There is no copy ${copy} of the modules.`)
  return found
}

let isChurning = false
const churningRefusals: string[] = []
const readingRefusals = new Set<string>()
const codeOf = (error: unknown): string => (error instanceof AuthpipeError ? error.code : String(error))

const toReading = ({ credential, connectionId, refreshed, expiresAt }: Credential): Reading => ({
  credential,
  connectionId,
  refreshed,
  ...(expiresAt === undefined ? {} : { expiresAt }),
})

const calls = {
  ready: () => app().ready(),
  /** Loads every module of the package once more, as a second bundle of the same app does. */
  async loadCopy(): Promise<void> {
    const copy = await importCopy(apps.length)
    apps.push(copy.composeApp(parts))
  },
  async getCredential(query: CredentialQuery, copy?: number): Promise<Reading> {
    return toReading(await app(copy).getCredential(query))
  },
  async readMany(query: CredentialQuery, readers: number): Promise<Readings> {
    const started = performance.now()
    const copies = apps.length
    const results = await Promise.allSettled(Array.from({ length: readers }, (_, reader) => app(reader % copies).getCredential(query)))
    return {
      credentials: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.credential] : [])),
      refusals: results.flatMap((result) => (result.status === 'rejected' ? [codeOf(result.reason)] : [])),
      longestMs: performance.now() - started,
    }
  },
  /** Reads one credential after the other, for ever. */
  async readOn(queries: readonly CredentialQuery[]): Promise<void> {
    for (;;) {
      const query = queries[Math.floor(Math.random() * queries.length)]
      if (query) await app().getCredential(query).catch((error: unknown) => readingRefusals.add(codeOf(error)))
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  },
  /** Codes of readers that were refused. */
  readingRefusals: (): readonly string[] => [...readingRefusals],
  /** Refreshes one connection after the other, for ever. */
  async churn(refs: readonly ConnectionRef[]): Promise<void> {
    isChurning = true
    while (isChurning) {
      const ref = refs[Math.floor(Math.random() * refs.length)]
      if (ref) await app().refreshConnection(ref).catch((error: unknown) => churningRefusals.push(codeOf(error)))
    }
  },
  /** @returns codes of what was refused meanwhile */
  stopChurning(): readonly string[] {
    isChurning = false
    return churningRefusals
  },
  async refreshOften(ref: ConnectionRef, times: number): Promise<{ readonly refusals: readonly string[]; readonly longestMs: number }> {
    const refusals: string[] = []
    let longestMs = 0
    for (let time = 0; time < times; time += 1) {
      const started = performance.now()
      await app().refreshConnection(ref).catch((error: unknown) => refusals.push(codeOf(error)))
      longestMs = Math.max(longestMs, performance.now() - started)
    }
    return { refusals, longestMs }
  },
  async fetch(query: CredentialQuery, path: string): Promise<number> {
    return (await app().fetch(query, path)).status
  },
  async handle({ url, body, ...init }: PlainRequest): Promise<PlainResponse> {
    const response = await app().handler(new Request(url, { method: init.method, headers: init.headers.map(([name, value]) => [name, value]), ...(body === '' ? {} : { body }) }))
    return { status: response.status, headers: [...response.headers], body: await response.text() }
  },
  listConnections: (tenantId: string) => app().listConnections({ tenantId }),
  getConnection: (ref: ConnectionRef) => app().getConnection(ref),
  refreshConnection: (ref: ConnectionRef) => app().refreshConnection(ref),
  checkConnection: (ref: ConnectionRef) => app().checkConnection(ref),
  disconnect: (ref: ConnectionRef) => app().disconnect(ref),
  maintain: () => app().maintain(),
  start: () => app().start(),
  close: () => app().close(),
  /** What `onEvent` was told here. */
  events: () => events,
  setClock: (ms: number) => void (aheadMs = ms),
  setUmask: (mask: number) => void process.umask(mask),
  holdKeys: () => keys.hold(),
  releaseKeys: () => keys.release(),
  waitingForKeys: () => keys.waiting,
  setKeysDown: (isDown: boolean) => void (keys.isDown = isDown),
  /** Lets the database file have no more pages than it has, or as many as it likes again. */
  setDiskFull(isFull: boolean): void {
    for (const database of databases) if (database.isOpen) exec.call(database, `PRAGMA max_page_count = ${isFull ? 1 : 4_294_967_294}`)
  },
}

/** What a parent can call. */
export type WorkerCalls = typeof calls

function toFailure(error: unknown): Extract<Outcome, { failure: unknown }>['failure'] {
  if (error instanceof AuthpipeError) return { code: error.code, message: error.message, retryable: error.retryable, details: error.details }
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

async function answer({ id, name, args }: Call): Promise<Outcome> {
  try {
    const call: (...given: never[]) => unknown = calls[name]
    return { id, value: await call(...(args as never[])) }
  } catch (error) {
    return { id, failure: toFailure(error) }
  }
}

process.on('message', (call: Call) => {
  void answer(call).then((outcome) => process.send?.(outcome))
})
// As an app does that wants to lose nothing.
process.once('SIGTERM', () => void app().close().then(() => process.exit(0)))
// Nobody is left to answer.
process.once('disconnect', () => process.exit(1))
// One that is killed leaves nothing for the next one to start quicker by.
flushCompileCache()
process.send?.('loaded')
