import type { CredentialQuery } from '@authpipe/core'
import { describe, expect, it } from 'vitest'
import { HeldCredentials, keyOf, type Held } from './heldCredentials.ts'

const ada: CredentialQuery = { provider: 'livechat', tenantId: 'org_acme', userId: 'ada' }
const held = (request: CredentialQuery): Held => ({
  request,
  parts: {
    credential: 'token',
    credentialType: 'oauth_token',
    connectionId: 'conn_1',
    source: 'connection',
    expiresAt: undefined,
    scopes: [],
    headers: {},
    searchParams: undefined,
    fields: {},
    baseUrl: 'https://provider.example',
    settings: {},
    generation: 1,
  },
  credential: 'token',
  askedAt: 0,
  freshUntil: 1,
  usableUntil: 1,
  renewAt: 1,
  failures: 0,
})

describe('keyOf', () => {
  it('is the same for the same question, however it is put', () => {
    expect(keyOf({ ...ada, credentialFor: 'any', forceRefresh: true })).toBe(keyOf(ada))
  })

  // AZ-9
  it('is another for every other question, also where ids look like several', () => {
    const ids = ['a', 'b', 'ab', 'a:b', 'a\0b', '\0', '', '["a"', '"', 'a\0b\0c', '\0\0', '__proto__']
    const questions: CredentialQuery[] = [
      ...ids.flatMap((provider) => ids.flatMap((tenantId) => [{ provider, tenantId }, ...ids.filter((id) => id !== '').map((userId) => ({ provider, tenantId, userId }))])),
      ...ids.flatMap((userId) => ids.map((connectionId) => ({ ...ada, userId, connectionId }))),
      { ...ada, credentialType: 'api_key' },
      { ...ada, credentialType: 'webhook_secret' },
      { ...ada, credentialFor: 'user' },
      { ...ada, credentialFor: 'installation' },
    ]
    // Only answers about ids that are not empty and have no control characters come back from a server and are remembered.
    // oxlint-disable-next-line no-control-regex
    const remembered = questions.filter((question) => Object.values(question).every((id) => typeof id === 'string' && id !== '' && !/[\0]/.test(id)))
    for (const question of remembered) {
      const twins = questions.filter((other) => keyOf(other) === keyOf(question))
      expect(twins).toEqual([question])
    }
  })
})

describe('HeldCredentials', () => {
  it('keeps what is read, and no more than it may', () => {
    const memory = new HeldCredentials(1_000)
    memory.set(keyOf(ada), held(ada))
    for (let index = 0; index < 100_000; index += 1) {
      const question = { ...ada, userId: `user_${index}` }
      memory.set(keyOf(question), held(question))
      memory.get(keyOf(ada))
    }
    const kept = Array.from({ length: 100_000 }, (_, index) => memory.get(keyOf({ ...ada, userId: `user_${index}` }))).filter((one) => one !== undefined)

    expect(memory.get(keyOf(ada))).toBeDefined()
    expect(kept.length).toBeLessThanOrEqual(1_000)
    expect(kept.length).toBeGreaterThan(400)
  })

  it('forgets a provider of a tenant, in both of its generations', () => {
    const memory = new HeldCredentials(4)
    const others = [{ ...ada, tenantId: 'org_b' }, { ...ada, provider: 'crisp' }]
    for (const question of [ada, others[0], others[1]]) if (question) memory.set(keyOf(question), held(question))

    memory.forget('org_acme', 'livechat')

    expect([ada, ...others].map((question) => memory.get(keyOf(question)) !== undefined)).toEqual([false, true, true])
  })

  it('holds nothing once it was cleared, or where one was deleted', () => {
    const memory = new HeldCredentials(4)
    memory.set(keyOf(ada), held(ada))
    memory.delete(keyOf(ada))
    expect(memory.get(keyOf(ada))).toBeUndefined()

    memory.set(keyOf(ada), held(ada))
    memory.clear()
    expect(memory.get(keyOf(ada))).toBeUndefined()
  })
})
