// `GET /events`: the audit log, for other servers of the app.
import { createError } from '@authpipe/core'
import type { EventPage } from '@authpipe/core/server'
import { toAuthpipeEvent } from '../events/authpipeEvent.ts'
import { jsonResponse, type Route } from './route.ts'

const defaultLimit = 50
const mostAtOnce = 500

export const listEvents: Route = async ({ engine, url }) => {
  const { cursor, limit } = readPage(url.searchParams)
  // One more than asked for tells whether there are more.
  const found = await engine.store.listEvents({ limit: limit + 1, ...(cursor === undefined ? {} : { before: cursor }) })
  const shown = found.slice(0, limit)
  const last = found.length > limit ? shown.at(-1) : undefined
  const page: EventPage = { events: shown.map(({ event }) => toAuthpipeEvent(event)), ...(last ? { nextCursor: last.cursor } : {}) }
  return jsonResponse(page)
}

function readPage(parameters: URLSearchParams): { readonly cursor: string | undefined; readonly limit: number } {
  const names = [...parameters.keys()]
  if (names.some((name) => name !== 'cursor' && name !== 'limit') || new Set(names).size < names.length) {
    throw createError('invalid_request', 'The events are listed by "cursor" and "limit", each at most once.')
  }
  const cursor = parameters.get('cursor') || undefined
  const limit = parameters.get('limit') || String(defaultLimit)
  // A cursor is a place in the log, which no database counts beyond what a number holds.
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) throw createError('invalid_request', 'The cursor must be the "nextCursor" of an earlier answer.')
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > mostAtOnce) {
    throw createError('invalid_request', `The limit must be a whole number from 1 to ${mostAtOnce}.`)
  }
  return { cursor, limit: Number(limit) }
}
