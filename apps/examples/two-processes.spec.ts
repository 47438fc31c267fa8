// Two processes behind one port, which know of each other by PostgreSQL alone; and a job in a third that asks them.
import { startSandbox, type Sandbox } from '@authpipe/sandbox'
import { expect, test, type APIRequestContext, type APIResponse } from '@playwright/test'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { runCommand } from '../../tools/outsideIn/runCommand.ts'
import { connectByHand } from './connectByHand.ts'
import type { RunningExample } from './startNextExample.ts'
import { startTwoProcesses } from './startTwoProcesses.ts'

const randomKey = (): string => `ap_${randomBytes(32).toString('base64url')}`
const secretKey = randomKey()
let sandbox: Sandbox
let app: RunningExample

test.beforeEach(async () => {
  sandbox = await startSandbox()
  app = await startTwoProcesses({ SANDBOX_URL: sandbox.url, AUTHPIPE_SECRET_KEYS: secretKey })
})
test.afterEach(async () => {
  await app.stop()
  await sandbox.close()
})

const processOf = (response: APIResponse): string | undefined => response.headers()['x-process']
const get = (request: APIRequestContext, path: string): Promise<APIResponse> => request.get(app.url + path)
const signIn = (request: APIRequestContext, user: string): Promise<APIResponse> =>
  request.post(`${app.url}/sign-in`, { headers: { origin: app.url }, form: { user }, maxRedirects: 0 })

test('lets nobody in who is not signed in, at either process', async ({ request }) => {
  const paths = ['/api/chats', '/api/chats', '/api/authpipe/connections', '/api/authpipe/connections']
  const refusals: APIResponse[] = []
  for (const path of paths) refusals.push(await get(request, path))
  expect(refusals.map((response) => response.status())).toEqual([401, 401, 401, 401])
  expect(new Set(refusals.map(processOf)).size).toBe(2)
})

test('finishes at one process what was started at the other, and shows it to nobody else', async ({ request, playwright }) => {
  await signIn(request, 'ada')
  const { start, callback, finish } = await connectByHand(request, app.url)
  expect([start.status(), callback.status(), finish.status()]).toEqual([201, 200, 200])
  expect(processOf(callback)).not.toBe(processOf(start))
  expect(processOf(finish)).not.toBe(processOf(start))
  expect(await (await get(request, '/api/authpipe/connections')).json()).toMatchObject({ connections: [{ provider: 'livechat', status: 'active' }] })

  const other = await playwright.request.newContext()
  await signIn(other, 'sam')
  const chats = await get(other, '/api/chats')
  expect([chats.status(), await chats.json()]).toEqual([404, { error: 'connection_not_found' }])
  await other.dispose()
})

test('makes one token request when both processes find a token dead at once', async ({ request }) => {
  await signIn(request, 'ada')
  await connectByHand(request, app.url)
  const before = sandbox.livechat.tokenRequests()
  sandbox.livechat.expireAccessTokens()
  // Both have asked with the dead token before either can have a new one.
  const hold = sandbox.livechat.hold('api')
  const asked = [get(request, '/api/chats'), get(request, '/api/chats')]
  await hold.arrived(2)
  hold.release()
  const answers = await Promise.all(asked)
  expect(new Set(answers.map(processOf)).size).toBe(2)
  for (const answer of answers) expect(await answer.json()).toMatchObject({ found_chats: expect.any(Number) })
  expect(sandbox.livechat.tokenRequests() - before).toBe(1)
})

test.describe('worker', () => {
  /** What the job says about a user's chats. */
  async function work(userId: string, key = secretKey): Promise<unknown> {
    const env = { AUTHPIPE_BASE_URL: `${app.url}/api/authpipe`, AUTHPIPE_SECRET_KEY: key }
    return JSON.parse(await runCommand(process.execPath, ['worker.ts', 'org_acme', userId], join(import.meta.dirname, 'worker'), env))
  }

  test('lists the chats of whoever connected, and of nobody else', async ({ request }) => {
    await signIn(request, 'ada')
    await connectByHand(request, app.url)
    expect(await work('ada')).toMatchObject({ found_chats: expect.any(Number) })
    expect(await work('sam')).toEqual({ error: 'connection_not_found' })
  })

  test('is refused without the right key, and asks to be tried again', async () => {
    await expect(work('ada', randomKey())).rejects.toThrow(/ended with 75:\s*{"error":"unauthenticated"}/)
  })
})
