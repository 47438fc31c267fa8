// Every option of createAuthpipeClient, checked when it runs.
import { createError, type AuthpipeError, type ProviderDefinition } from '@authpipe/core'

export interface ClientCacheOptions {
  /**
   * How old an answer may be that is served without asking, in milliseconds. It can only shorten what the server allows: its own
   * `cache.maxStaleMs`.
   * @defaultValue what the server allows, `5_000` (5 seconds) unless it was set otherwise
   */
  readonly maxStaleMs?: number
  /**
   * How long a credential is served, marked as `stale`, while the server cannot be asked; in milliseconds since it last could, and
   * never past the credential's end. `0` serves none.
   * @defaultValue `300_000` (5 minutes)
   */
  readonly maxOutageMs?: number
  /**
   * Most credentials kept in memory.
   * @defaultValue `10_000`
   */
  readonly maxEntries?: number
}

/** Options of {@link createAuthpipeClient}. */
export interface AuthpipeClientOptions {
  /** Public URL of the mounted routes, such as `https://app.example.com/api/authpipe`. Plain http only to this machine. */
  readonly baseUrl: string | undefined
  /**
   * One of the server's secret keys (`AUTHPIPE_SECRET_KEYS` there).
   * @security Whoever has it reads every credential of every tenant. It comes from the environment, never from source.
   */
  readonly secretKey: string | undefined
  readonly cache?: ClientCacheOptions
  /**
   * Longest that a call waits for the server, retries included.
   * @defaultValue `30_000` (30 seconds)
   */
  readonly deadlineMs?: number
  /** Providers of your own, made by `defineProvider`, so that `fetch` knows what their APIs need and say. The built-in ones it knows. */
  readonly providers?: readonly { readonly definition: ProviderDefinition }[]
  /**
   * Sends every request; for a proxy or a client certificate.
   * @defaultValue the global `fetch`
   */
  readonly fetch?: typeof globalThis.fetch
}

/** The options with every default filled in. */
export interface ClientConfig {
  /** Without a trailing slash. */
  readonly baseUrl: string
  /** @security Never printed. */
  readonly secretKey: string
  readonly maxStaleMs: number
  readonly maxOutageMs: number
  readonly maxEntries: number
  readonly deadlineMs: number
  readonly definitions: ReadonlyMap<string, ProviderDefinition>
  readonly fetch: typeof globalThis.fetch
}

const known = ['baseUrl', 'secretKey', 'cache', 'deadlineMs', 'providers', 'fetch']
const knownOfCache = ['maxStaleMs', 'maxOutageMs', 'maxEntries']

/** @throws {AuthpipeError} `invalid_configuration` with one sentence that says the fix */
export function checkOptions(options: AuthpipeClientOptions, builtIn: readonly { readonly definition: ProviderDefinition }[]): ClientConfig {
  checkNames('', options, known)
  const { cache = {}, deadlineMs = 30_000, providers = [], fetch } = options
  checkNames('cache.', cache, knownOfCache)
  const { maxStaleMs = Infinity, maxOutageMs = 300_000, maxEntries = 10_000 } = cache
  if (cache.maxStaleMs !== undefined) checkNumber('cache.maxStaleMs', maxStaleMs, 0)
  checkNumber('cache.maxOutageMs', maxOutageMs, 0)
  checkNumber('cache.maxEntries', maxEntries, 1)
  checkNumber('deadlineMs', deadlineMs, 1)
  if (!Array.isArray(providers) || !providers.every((one: unknown) => isProvider(one))) throw refusal('"providers" must be a list of what defineProvider makes.')
  if (fetch !== undefined && typeof fetch !== 'function') throw refusal('"fetch" must be a function like the global one.')
  return {
    baseUrl: checkBaseUrl(options.baseUrl),
    secretKey: checkSecretKey(options.secretKey),
    maxStaleMs,
    maxOutageMs,
    maxEntries,
    deadlineMs,
    definitions: new Map([...builtIn, ...providers].map(({ definition }) => [definition.id, definition])),
    // Asked for at each call, so that whatever instruments the global one later is not passed by.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
  }
}

function checkNames(group: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null) throw refusal(`${group === '' ? 'The options' : '"cache"'} must be an object.`)
  const unknown = Object.keys(options).find((name) => !names.includes(name))
  if (unknown !== undefined) throw refusal(`"${group}${unknown}" is not an option of this version.`)
}

function checkNumber(name: string, value: unknown, least: number): void {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= 2 ** 31 - 1) return
  throw refusal(`"${name}" must be a whole number from ${least} up.`)
}

function isProvider(value: unknown): boolean {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && 'definition' in value
}

function checkBaseUrl(text: unknown): string {
  if (typeof text !== 'string' || text === '') throw refusal('"baseUrl" must be the public URL of the mounted routes, such as https://app.example.com/api/authpipe.')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) {
    throw refusal('"baseUrl" must be a plain https URL such as https://app.example.com/api/authpipe.')
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw refusal(`"baseUrl" must start with https://, since ${url.hostname} is not this machine: the secret key and every credential would travel in the open.`)
  }
  return url.origin + url.pathname.replace(/\/+$/, '')
}

/** Whether a URL leads to this machine. URLs write addresses in one way only. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

function checkSecretKey(key: unknown): string {
  if (typeof key !== 'string' || key === '') throw refusal("\"secretKey\" is missing. Set it, from the environment, to one of the server's AUTHPIPE_SECRET_KEYS.")
  if (key.includes(',')) throw refusal('"secretKey" takes one key, not the list of the server.')
  // What a request header can carry; whether it is right, the server says.
  if (!/^ap_[\x21-\x7e]+$/.test(key)) throw refusal('"secretKey" does not look like one: a secret key starts with "ap_" and has no blanks.')
  return key
}

function refusal(problem: string): AuthpipeError {
  return createError('invalid_configuration', `createAuthpipeClient: ${problem}`)
}
