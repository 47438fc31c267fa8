// The calls about sessions, which only an attempt under way makes. All reject with an AuthpipeError.
import { AuthpipeError, parseSession, type Session } from '@authpipe/core'
import type { ClientCore } from './createClientCore.ts'

const pathOf = (id: string): string => `/sessions/${encodeURIComponent(id)}`

/** Finds a session; `undefined` where the server knows none, as before its start has arrived. */
export const findSession = (client: ClientCore, id: string): Promise<Session | undefined> =>
  client.call(pathOf(id), parseSession).catch((error: unknown) => {
    if (error instanceof AuthpipeError && error.code === 'session_not_found') return undefined
    throw error
  })

/** Ends a pending session; one that has just been finished stays finished. */
export const cancelSession = (client: ClientCore, id: string): Promise<void> => client.call(pathOf(id), () => undefined, { method: 'DELETE' })
