import type { Html } from '../pages/html.ts'

/** What a stand-in answers, before faults act on it. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const jsonReply = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  // RFC 6749 §5.1: an answer that may hold tokens is never cached.
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(value),
})

export const redirectReply = (location: string): Reply => ({ status: 302, headers: { location, 'cache-control': 'no-store' }, body: '' })

export const emptyReply = (status: number): Reply => ({ status, headers: { 'cache-control': 'no-store' }, body: '' })

export const htmlReply = (status: number, page: Html, headers: Readonly<Record<string, string>>): Reply => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers },
  body: page.text,
})
