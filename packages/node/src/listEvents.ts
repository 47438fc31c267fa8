import { parseEventPage } from '@authpipe/core/server'
import type { AuthpipeServer } from './authpipeServer.ts'
import { EventPages, type EventPageQuery } from './eventPages.ts'

/** Lists the server's audit log from a page on. */
export function listEvents(server: AuthpipeServer, { cursor, limit }: EventPageQuery, signal: AbortSignal | undefined): EventPages {
  const load = (from: string | undefined) => {
    const parameters = new URLSearchParams({ ...(from === undefined ? {} : { cursor: from }), ...(limit === undefined ? {} : { limit: String(limit) }) })
    return server.ask({ method: 'GET', path: `/events?${parameters.toString()}`, parse: parseEventPage, signal })
  }
  return new EventPages(load, cursor)
}
