// The cookie that ties a session to the browser that started it: one random value for each browser.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { BaseUrl } from '../baseUrl.ts'

/** Longest time that a session, and so its cookie, lives: ten minutes. */
export const sessionLifetimeMs = 600_000

/** `__Host-` keeps a sub-domain from planting one; a browser only takes that prefix over https. */
function cookieName(baseUrl: BaseUrl): string {
  return baseUrl.secure ? '__Host-authpipe' : 'authpipe'
}

/** The value that this browser holds; `undefined` where it holds none, a malformed one or several. */
export function readBindingCookie(baseUrl: BaseUrl, request: { readonly headers: Pick<Headers, 'get'> }): string | undefined {
  const name = cookieName(baseUrl)
  const values = (request.headers.get('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  const [value] = values
  return values.length === 1 && value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined
}

/** A fresh value: 256 bits of randomness. */
export function createBinding(): string {
  return randomBytes(32).toString('base64url')
}

/** The `Set-Cookie` header that gives a browser its value, or keeps it alive for one more session. */
export function bindingCookie(baseUrl: BaseUrl, binding: string): string {
  return `${cookieName(baseUrl)}=${binding}; Path=/; Max-Age=${sessionLifetimeMs / 1000}; HttpOnly; SameSite=Lax${baseUrl.secure ? '; Secure' : ''}`
}

/** SHA-256 of a value that only its hash may stand in the database for. */
export function hashOf(value: string): Uint8Array {
  return createHash('sha256').update(value).digest()
}

/** Compares two hashes in constant time. */
export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && timingSafeEqual(one, other)
}
