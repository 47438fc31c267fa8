import type { BaseUrl } from '../baseUrl.ts'

const longest = 2_048

/**
 * Where redirect mode comes back to: a URL of the own origin, parsed and written anew as a whole, so that nothing a browser
 * reads differently is left in it.
 *
 * @returns the site's root for anything that is absent or leads elsewhere
 */
export function resolveReturnTo(baseUrl: BaseUrl, returnTo: string | undefined): string {
  const root = `${baseUrl.origin}/`
  if (returnTo === undefined || returnTo.length > longest) return root
  const url = URL.parse(returnTo, root)
  // The protocol is compared too: a blob: URL has the origin of the page that made it.
  return url && url.origin === baseUrl.origin && url.protocol === new URL(root).protocol && !url.username && !url.password ? url.href : root
}

/** Adds the session to ask about. */
export function withSession(returnTo: string, sessionId: string): string {
  const url = new URL(returnTo)
  url.searchParams.set('authpipe', sessionId)
  return url.href
}
