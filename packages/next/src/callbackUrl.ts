import { createHash } from 'node:crypto'
import type { BaseUrl } from './baseUrl.ts'

/**
 * Names a tenant's own app at a provider in the callback path, so that an answer of one app never counts for another. Stable,
 * since the tenant registers the URL there; not a secret.
 *
 * @see RFC 9700 §4.4.2
 */
export function contextIdOf(provider: string, tenantId: string): string {
  return createHash('sha256').update(JSON.stringify([provider, tenantId])).digest('base64url').slice(0, 22)
}

/**
 * The URL that a provider returns to: what is registered there and sent in each request, to the letter.
 *
 * @param baseUrl - of the deployment that it returns to, which on a preview is the one that relays
 */
export function callbackUrl(baseUrl: BaseUrl, provider: string, contextId: string | undefined): string {
  return `${baseUrl.href}/callback/${provider}${contextId === undefined ? '' : `/${contextId}`}`
}
