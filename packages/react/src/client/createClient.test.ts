import { expect, test, vi } from 'vitest'
import { createClient } from './createClient.ts'
import { disconnect, listConnections } from './routes.ts'
import { findSession } from './sessionRoutes.ts'

const clientOf = (response: () => Response) => {
  const fetch = vi.fn(async (_url: string, _init?: RequestInit) => response())
  return { fetch, client: createClient({ basePath: '/auth', fetch }) }
}

test('asks below the base path and encodes what it puts there', async () => {
  const { fetch, client } = clientOf(() => Response.json({ connections: [] }))
  await listConnections(client, { provider: 'a&b' })
  expect(fetch.mock.calls[0]![0]).toBe('/auth/connections?provider=a%26b')
})

test('disconnects by DELETE, which has no body', async () => {
  const { fetch, client } = clientOf(() => new Response(null, { status: 204 }))
  await disconnect(client, 'conn/1')
  expect(fetch).toHaveBeenCalledExactlyOnceWith('/auth/connections/conn%2F1', { method: 'DELETE' })
})

test('throws the problem that the server answered with', async () => {
  const { client } = clientOf(() => Response.json({ code: 'forbidden', detail: 'Only an admin may.', title: '', type: '', status: 403 }, { status: 403 }))
  await expect(listConnections(client)).rejects.toMatchObject({ code: 'forbidden', message: 'Only an admin may.', status: 403 })
})

test.each([
  ['a page of a proxy', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
  ['a body of another form', () => Response.json({ connections: [{ id: 1 }] })],
  ['no answer', () => { throw new TypeError('Failed to fetch') }],
])('throws a retryable network_error on %s', async (_, response) => {
  const { client } = clientOf(response)
  await expect(listConnections(client)).rejects.toMatchObject({ code: 'network_error', message: 'No usable answer to /connections.', retryable: true })
})

test('finds no session where the server knows none', async () => {
  const { client } = clientOf(() => Response.json({ code: 'session_not_found', title: '', type: '', status: 404, detail: '' }, { status: 404 }))
  expect(await findSession(client, '1')).toBeUndefined()
})
