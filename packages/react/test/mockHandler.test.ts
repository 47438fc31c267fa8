// @vitest-environment node
import { parseProblem, parseProviders, parseSession, parseStartedSession } from '@authpipe/core'
import { sandboxAccounts } from '@authpipe/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consent, openWorld, type World } from '../../next/test/world.ts'
import { createMockHandler } from '../src/testing/createMockHandler.ts'

/** A server to put the same questions to, and the way in which its user consents. */
interface Server {
  ask(method: string, path: string, body?: unknown): Promise<Response>
  approve(sessionId: string, authorizationUrl: string): Promise<unknown>
}

const sessionId = (count: number): string => `00000000-0000-4000-8000-00000000000${count}`
const origin = 'https://app.example/api/authpipe'

const wrongKey = 'wrong-key-0123456789'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

function realServer(): Server {
  const browser = world.browser()
  return {
    ask: (method, path, body) =>
      body instanceof URLSearchParams || typeof body === 'string' ? browser.request(path, { method, body }) : browser.json(method, path, body),
    approve: async (_, authorizationUrl) => browser.followCallback(await consent(authorizationUrl)),
  }
}

async function mockServer(): Promise<Server> {
  const { providers } = parseProviders(await (await realServer().ask('GET', '/providers')).json(), 'body')
  const { handler, finish } = createMockHandler({ providers, judgeKey: ({ fields }) => (fields.apiKey === wrongKey ? 'credential_rejected' : 'approve') })
  return {
    ask: (method, path, body) => {
      if (body instanceof URLSearchParams || typeof body === 'string') return handler(new Request(origin + path, { method, body }))
      const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      return handler(new Request(origin + path, { method, ...json }))
    },
    approve: async (id) => finish(id, 'approve'),
  }
}

/** What kind of value stands where, whatever the value. */
function formOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? [formOf(value[0])] : []
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, formOf(member)]))
}

interface Answer {
  readonly status: number
  readonly type: string | undefined
  readonly code?: string
  readonly form?: unknown
}

async function tellOf(response: Response): Promise<Answer> {
  const { status } = response
  const type = response.headers.get('content-type')?.split(';')[0]
  if (!type?.endsWith('json')) return { status, type }
  const body: unknown = await response.json()
  return type === 'application/problem+json' ? { status, type, code: parseProblem(body, status).code } : { status, type, form: formOf(body) }
}

/** The same walk through all routes that a browser uses, with what came back at each step. */
async function walk({ ask, approve }: Server): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {}
  const step = async (method: string, path: string, body?: unknown): Promise<void> => {
    answers[`${Object.keys(answers).length} ${method} ${path}`] = await tellOf(await ask(method, path, body))
  }
  const readSession = async (id: string) => parseSession(await (await ask('GET', `/sessions/${id}`)).json(), 'session')
  await step('GET', '/providers')
  await step('GET', '/nothing')
  await step('POST', '/sessions', { provider: 'unknown', sessionId: sessionId(0) })
  await step('POST', '/sessions', { sessionId: sessionId(0) })
  await step('POST', '/sessions', 'provider: livechat')
  await step('GET', `/sessions/${sessionId(0)}`)
  await step('POST', '/sessions', { provider: 'livechat', sessionId: sessionId(1), connectionId: 'unknown' })

  const start = { provider: 'livechat', sessionId: sessionId(1) }
  await step('POST', '/sessions', start)
  await step('POST', '/sessions', start)
  await step('GET', `/sessions/${sessionId(1)}`)
  await step('DELETE', `/sessions/${sessionId(1)}`)
  expect((await readSession(sessionId(1))).status).toBe('cancelled')
  await step('POST', '/sessions', start)
  await step('POST', '/sessions', new URLSearchParams({ provider: 'livechat', sessionId: sessionId(2), mode: 'popup' }))
  await step('GET', `/sessions/${sessionId(2)}`)

  await step('GET', '/connections')
  const started = parseStartedSession(await (await ask('POST', '/sessions', { provider: 'livechat', sessionId: sessionId(3) })).json(), 'started')
  await approve(sessionId(3), started.authorizationUrl)
  await step('GET', `/sessions/${sessionId(3)}`)
  await step('GET', '/connections?provider=livechat')
  await step('GET', '/connections?provider=plain')

  const { status, connection } = await readSession(sessionId(3))
  expect(status).toBe('complete')
  const path = `/connections/${connection?.id}`
  for (const [method, suffix] of [['GET', ''], ['POST', '/check'], ['POST', '/refresh'], ['DELETE', ''], ['GET', ''], ['DELETE', '']] as const) {
    answers[`${Object.keys(answers).length} ${method} /connections/:id${suffix}`] = await tellOf(await ask(method, path + suffix))
  }
  const { settings, fields } = sandboxAccounts('freshdesk').find(({ kind }) => kind === 'admin') ?? {}
  const key = { provider: 'freshdesk', settings, fields }
  await step('POST', '/connections', {})
  await step('POST', '/connections', { ...key, provider: 'unknown' })
  await step('POST', '/connections', { ...key, provider: 'livechat' })
  await step('POST', '/connections', { ...key, settings: {} })
  await step('POST', '/connections', { ...key, fields: {} })
  await step('POST', '/connections', { ...key, connectionId: 'unknown' })
  await step('POST', '/connections', { ...key, fields: { apiKey: wrongKey } })
  await step('POST', '/connections', key)
  await step('GET', '/connections?provider=freshdesk')

  await step('GET', '/connections')
  await step('GET', '/connections/unknown')
  await step('DELETE', '/connections/unknown')
  return answers
}

test('answers every request as the real server does', async () => {
  expect(await walk(await mockServer())).toEqual(await walk(realServer()))
})
