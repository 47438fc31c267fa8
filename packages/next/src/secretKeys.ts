// The keys by which other servers of the app ask for credentials. Nothing here ever prints one.
import { createError } from '@authpipe/core'
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 128 bits as base64url, without the prefix. */
const shortestKey = 22
/** Far beyond what a person would set, and little enough to hash for anybody who asks. */
const longestKey = 512

const howToMakeOne = `Make one with: node -e "console.log('ap_' + crypto.randomBytes(32).toString('base64url'))"`

/**
 * Makes a random secret key for other services of the app.
 *
 * @returns `ap_` and 256 random bits, as the option `secretKeys` takes it
 * @security Whoever has it reads every credential of every tenant.
 */
export function generateSecretKey(): string {
  return `ap_${randomBytes(32).toString('base64url')}`
}

/**
 * Reads the option `secretKeys`: `ap_…`, comma separated; nothing at all where no other service asks.
 *
 * @throws {AuthpipeError} `invalid_configuration` for a key that somebody may have typed or guessed
 */
export function parseSecretKeys(text: string): readonly string[] {
  if (text.trim() === '') return []
  const keys = text.split(',').map((key) => key.trim())
  for (const [index, key] of keys.entries()) {
    const weakness = findWeakness(key)
    if (weakness) throw createError('invalid_configuration', `Secret key ${index + 1} ${weakness}. ${howToMakeOne}`)
  }
  return keys
}

function findWeakness(key: string): string | undefined {
  if (!key.startsWith('ap_')) return 'does not start with "ap_"'
  const random = key.slice('ap_'.length)
  // What a bearer token may consist of (RFC 6750 §2.1).
  if (!/^[A-Za-z0-9._~+/-]*=*$/.test(random)) return 'has characters that no request header should carry'
  if (random.length < shortestKey) return `has ${random.length} characters after "ap_" instead of at least ${shortestKey}`
  if (key.length > longestKey) return `has more than ${longestKey} characters`
  // Each of these happens to random characters less than once in ten million keys.
  if (new Set(random).size < 8) return 'repeats the same few characters'
  const steps = Array.from(random, (character, index) => character.charCodeAt(0) - (random.charCodeAt(index - 1) || 0))
  if (new Set(steps).size < 6) return 'follows a simple pattern'
  return undefined
}

/** The keys that are valid now: several while one replaces another. It keeps their digests alone. */
export class SecretKeys {
  readonly #digests: readonly Uint8Array[]

  constructor(keys: readonly string[]) {
    this.#digests = keys.map(digest)
  }

  get areConfigured(): boolean {
    return this.#digests.length > 0
  }

  /** Whether it is one of them. Each is compared, so that the time it takes does not tell which, nor how nearly. */
  has(given: string): boolean {
    const hash = digest(given.slice(0, longestKey + 1))
    return this.#digests.map((known) => timingSafeEqual(known, hash)).includes(true)
  }
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
