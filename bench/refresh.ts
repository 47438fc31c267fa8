import { fork } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'undici'
import { compare, type Comparison } from './compare.ts'
import type { Filled, Ref } from './fillDatabase.ts'
import { openCommitFloor } from './floor/openCommitFloor.ts'
import { openServer } from './openServer.ts'

const connections = 64

/** A forced refresh against its token request and as many durable commits as it makes, bare. */
export async function refresh(filled: Filled): Promise<Comparison> {
  const { tokenEndpoint, close } = await startTokenServer()
  const authpipe = await openServer(filled, { refresh: { minForceIntervalMs: 0 } }, tokenEndpoint)
  const refs = filled.refs.slice(0, connections)
  const refreshOne = (ref: Ref | undefined) => authpipe.getCredential({ ...(ref ?? { provider: '', tenantId: '' }), forceRefresh: true })

  await refreshOne(refs[0])
  const commits = await filled.database.countCommits(() => refreshOne(refs[0]))
  const floor = await openCommitFloor(filled.database, connections)
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'dal:refresh', client_id: 'bench', client_secret: 'bench' }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }

  const comparison = await compare({
    name: `refresh on ${filled.database.kind}`,
    floorName: `undici POST and JSON, ${commits} durable commits`,
    goal: 1.75,
    calls: 1,
    batches: 60,
    async floor(calls) {
      for (let call = 0; call < calls; call += 1) {
        const answer = await request(tokenEndpoint, { method: 'POST', headers, body })
        await answer.body.json()
        for (let commit = 0; commit < commits; commit += 1) await floor.commit(call % connections)
      }
    },
    async subject(calls) {
      for (let call = 0; call < calls; call += 1) {
        const { refreshed } = await refreshOne(refs[call % connections])
        if (!refreshed) throw new Error('The credential was not refreshed.')
      }
    },
  })
  await floor.close()
  await authpipe.close()
  close()
  return comparison
}

async function startTokenServer(): Promise<{ readonly tokenEndpoint: string; readonly close: () => void }> {
  const server = fork(new URL('tokenServer.ts', import.meta.url))
  const [tokenEndpoint] = await once(server, 'message')
  return { tokenEndpoint: String(tokenEndpoint), close: () => server.disconnect() }
}
