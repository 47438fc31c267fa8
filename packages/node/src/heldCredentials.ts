import type { CredentialQuery } from '@authpipe/core'
import type { CredentialParts, CredentialRequest } from '@authpipe/core/server'

/** A credential in memory. Instants are epoch milliseconds of this machine. */
export interface Held {
  readonly request: CredentialRequest
  readonly parts: CredentialParts
  /** That of the parts: what nearly every caller reads, at hand without touching them. */
  readonly credential: string
  /** When the server was asked: whatever happened before, this answer knows of. */
  readonly askedAt: number
  /** Until then it is served without asking. */
  readonly freshUntil: number
  /** Until then it is served, as stale, where the server cannot be asked. */
  readonly usableUntil: number
  /** From then on the server is asked anew, behind the caller's back while it is fresh. */
  renewAt: number
  /** How often in a row the server could not be asked. */
  failures: number
}

/**
 * What stands for a question in memory. Ids are not empty and have no control characters, so a plain question has exactly two zero characters and one
 * that names more has none, escaped as it is: no two questions have the same key, whatever their ids look like.
 */
export function keyOf({ provider, tenantId, userId, connectionId, credentialType, credentialFor = 'any' }: CredentialQuery): string {
  if (connectionId === undefined && credentialType === undefined && credentialFor === 'any') return `${provider}\0${tenantId}\0${userId ?? ''}`
  return JSON.stringify([provider, tenantId, userId ?? null, connectionId ?? null, credentialType ?? null, credentialFor])
}

/**
 * A bounded memory in two generations: the older one is dropped whole when the younger one is half of what is allowed, and what is
 * still read moves over. So what is read often stays, and a hit writes nothing.
 */
export class HeldCredentials {
  readonly #half: number
  #young = new Map<string, Held>()
  #old = new Map<string, Held>()

  constructor(maxEntries: number) {
    this.#half = Math.max(1, Math.ceil(maxEntries / 2))
  }

  get(key: string): Held | undefined {
    const held = this.#young.get(key)
    if (held) return held
    const old = this.#old.get(key)
    if (old) {
      this.#old.delete(key)
      this.set(key, old)
    }
    return old
  }

  set(key: string, held: Held): void {
    if (this.#young.size >= this.#half && !this.#young.has(key)) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, held)
  }

  delete(key: string): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  /** Forgets what was answered about a provider of a tenant. */
  forget(tenantId: string, provider: string): void {
    for (const generation of [this.#young, this.#old]) {
      for (const [key, { request }] of generation) if (request.tenantId === tenantId && request.provider === provider) generation.delete(key)
    }
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }
}
