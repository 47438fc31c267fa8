import type { ProvidersBody } from '@authpipe/core'
import { jsonResponse, type Route } from './route.ts'

/** `GET /providers` */
export const listProviders: Route = async ({ engine, principal }) => {
  await principal()
  const body: ProvidersBody = { providers: engine.registrations.all.map((provider) => provider.summary) }
  return jsonResponse(body)
}
