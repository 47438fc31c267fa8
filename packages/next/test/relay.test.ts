// The relay of the callback for previews: rows ST, MX, RD and TK of the attack catalogue, between deployments over HTTP.
import { consent } from './world.ts'
import { openRelayWorld, otherPreviewUrl, previewUrl, stagingUrl, type RelayWorld, type Visitor } from './relayWorld.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let world: RelayWorld
let visitor: Visitor
beforeEach(async () => {
  world = await openRelayWorld()
  visitor = world.visitor()
})
afterEach(() => world.close())

describe('a preview', () => {
  it('connects through the deployment whose callback is registered, and keeps everything at home', async () => {
    const { sessionId, authorizationUrl } = await visitor.start(world.preview)

    const answer = await visitor.follow(await consent(authorizationUrl))

    expect(await answer.text()).toContain('Plain is connected')
    expect(visitor.trail.slice(1)).toEqual([`GET ${stagingUrl}/callback/plain`, `GET ${previewUrl}/callback/plain`, `POST ${previewUrl}/sessions/finish`])
    expect(await visitor.session(world.preview, sessionId)).toMatchObject({ status: 'complete', connection: { provider: 'plain' } })
    expect(await visitor.connections(world.staging)).toEqual([])
  })
})
