// Reading and cancelling a session.
import { createError } from '@authpipe/core'
import { isSamePrincipal } from '../principal.ts'
import type { SessionRecord } from '../store/store.ts'
import { emptyResponse, jsonResponse, type Route, type RouteContext } from './route.ts'
import { statusOf, toSession } from './sessionView.ts'

/** Somebody else's session reads like one that never was. */
async function findOwnSession({ engine, principal, params }: RouteContext): Promise<SessionRecord> {
  const asking = await principal()
  const session = await engine.store.findSession(params.id ?? '')
  if (!session || !isSamePrincipal(session, asking)) throw createError('session_not_found', 'There is no such session, or not yet.')
  return session
}

/** `GET /sessions/:id` */
export const readSession: Route = async (context) => {
  const { engine, principal } = context
  engine.statusReads.count(await principal(), engine.now())
  return jsonResponse(await toSession(engine, await findOwnSession(context)))
}

/** `DELETE /sessions/:id`: a finish that came before wins, one that comes after redeems nothing. */
export const cancelSession: Route = async (context) => {
  const session = await findOwnSession(context)
  if (statusOf(session, context.engine.now()) === 'pending') await context.engine.store.moveSession(session.id, 'pending', { status: 'cancelled' })
  return emptyResponse()
}
