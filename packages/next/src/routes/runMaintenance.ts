// `GET|POST /maintenance`: what a cron job calls where no process lives long enough to look after things by itself.
import { createError } from '@authpipe/core'
import { isSameSecret } from '../isSameSecret.ts'
import { defaultBudgetMs, maintain } from '../maintenance/maintain.ts'
import { jsonResponse, type Route } from './route.ts'

export const runMaintenance: Route = async ({ engine, request }) => {
  const { maintenanceSecret } = engine
  if (maintenanceSecret === undefined) {
    throw createError('unauthenticated', 'Nobody can ask for maintenance yet. Set AUTHPIPE_MAINTENANCE_SECRET (or CRON_SECRET, or "maintenanceSecret") and send it as a bearer token.')
  }
  const [, given = ''] = /^bearer (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  if (!isSameSecret(given, maintenanceSecret)) throw createError('unauthenticated', 'Send the maintenance secret as "Authorization: Bearer …".')
  return jsonResponse(await maintain(engine, defaultBudgetMs))
}
