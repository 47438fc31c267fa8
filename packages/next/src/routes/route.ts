// What every route gets and gives.
import type { Engine } from '../engine.ts'
import type { Principal } from '../principal.ts'

/** One request on its way through a route. */
export interface RouteContext {
  readonly engine: Engine
  readonly request: Request
  readonly url: URL
  /** Variable parts of the path by name. */
  readonly params: Readonly<Record<string, string>>
  /** Who is asking; throws `unauthenticated` when nobody is. Asked once for each request. */
  readonly principal: () => Promise<Principal>
  /** Set where a person looks at the answer: errors become a page then. */
  page?: PageContext
}

/** What an error page needs to know. */
export interface PageContext {
  /** Lets the page that opened the window ask for the outcome. */
  sessionId?: string
  providerName?: string
  /** In redirect mode errors go back to the app instead. */
  returnTo?: string
  /** Set where a wrong configuration concerns nobody but developers: the page tells them the fix. */
  isForDevelopers?: boolean
}

export type Route = (context: RouteContext) => Promise<Response>

/** Headers that every answer carries. */
const common = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

export function jsonResponse(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...common, 'content-type': 'application/json', ...headers } })
}

export function emptyResponse(): Response {
  return new Response(null, { status: 204, headers: common })
}

/** @param contentSecurityPolicy - names the hashes of the page's own script and style */
export function htmlResponse(html: string, contentSecurityPolicy: string, status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(html, {
    status,
    headers: { ...common, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': contentSecurityPolicy, 'x-frame-options': 'DENY', ...headers },
  })
}

/** Sends the browser on; 303 turns a POST into a GET (RFC 9110 §15.4.4). */
export function redirectResponse(location: string): Response {
  return new Response(null, { status: 303, headers: { ...common, location } })
}
