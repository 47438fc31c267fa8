// The routes below `/connections`.
import type { ConnectionsBody } from '@authpipe/core'
import { toConnection } from '../connectionView.ts'
import { disconnect } from '../credentials/disconnect.ts'
import { refreshCredential } from '../credentials/refreshCredential.ts'
import { checkConnection } from '../health/checkConnection.ts'
import { checkAllowed, findOwnConnection } from './accessRules.ts'
import { emptyResponse, jsonResponse, type Route } from './route.ts'

/** `GET /connections?provider=` */
export const listConnections: Route = async ({ engine, principal, url }) => {
  const { tenantId, userId } = await principal()
  const provider = url.searchParams.get('provider')
  const records = await engine.store.listConnections({ tenantId, ownerIds: [userId, ''], ...(provider === null ? {} : { provider }) })
  const visible = []
  for (const record of records) {
    const isVisible = await checkAllowed(engine, { tenantId, userId }, 'read', record.provider, record).then(
      () => true,
      () => false,
    )
    if (isVisible) visible.push(toConnection(record))
  }
  const body: ConnectionsBody = { connections: visible }
  return jsonResponse(body)
}

/** `GET /connections/:id` */
export const readConnection: Route = async ({ engine, principal, params }) =>
  jsonResponse(toConnection(await findOwnConnection(engine, await principal(), params.id ?? '', 'read')))

/** `DELETE /connections/:id` */
export const disconnectConnection: Route = async ({ engine, principal, params }) => {
  const { tenantId, id } = await findOwnConnection(engine, await principal(), params.id ?? '', 'disconnect')
  await disconnect(engine, { tenantId, connectionId: id })
  return emptyResponse()
}

/** `POST /connections/:id/check` */
export const checkOwnConnection: Route = async ({ engine, principal, params }) => {
  const { tenantId, id } = await findOwnConnection(engine, await principal(), params.id ?? '', 'check')
  return jsonResponse(toConnection(await checkConnection(engine, { tenantId, connectionId: id })))
}

/** `POST /connections/:id/refresh` */
export const refreshOwnConnection: Route = async ({ engine, principal, params }) => {
  const { tenantId, id, tokenGeneration } = await findOwnConnection(engine, await principal(), params.id ?? '', 'check')
  return jsonResponse(toConnection(await refreshCredential(engine, { tenantId, connectionId: id }, tokenGeneration)))
}
