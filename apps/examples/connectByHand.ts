import { giveConsent } from '@authpipe/sandbox'
import type { APIRequestContext, APIResponse } from '@playwright/test'
import { randomUUID } from 'node:crypto'

/** What the app answered on the way. */
export interface Answers {
  readonly start: APIResponse
  readonly callback: APIResponse
  readonly finish: APIResponse
}

/** Connects LiveChat by single requests, since a browser decides for itself how many lie between two of them. */
export async function connectByHand(request: APIRequestContext, url: string): Promise<Answers> {
  const headers = { origin: url }
  const start = await request.post(`${url}/api/authpipe/sessions`, { headers, data: { provider: 'livechat', sessionId: randomUUID(), mode: 'popup' } })
  const { authorizationUrl }: { readonly authorizationUrl: string } = await start.json()
  const callback = await request.get((await giveConsent(authorizationUrl)).headers.get('location') ?? '')
  const fields = Array.from((await callback.text()).matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g), ([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')])
  // One request between: of two processes that take turns, the one that started does not get to finish.
  await request.get(url)
  const finish = await request.post(`${url}/api/authpipe/sessions/finish`, { headers, form: Object.fromEntries(fields) })
  return { start, callback, finish }
}
