import { defineProvider } from '@authpipe/core'
import { livechat } from '@authpipe/core/providers'
import { describe, expect, it } from 'vitest'
import type { OutboundRequest } from '../outboundFetch.ts'
import { RegisteredProvider } from '../registrations.ts'
import { sendProviderRequest } from './providerRequest.ts'

const acme = defineProvider({
  ...livechat.definition,
  id: 'acme',
  auth: [{ kind: 'api_key', scheme: 'bearer', fields: [] }],
  settings: [{ id: 'subdomain', label: 'Domain', pattern: '[a-z]+' }],
  apiBaseUrl: 'https://{subdomain}.acme.example/api',
  otherBaseUrls: { accounts: 'https://accounts.acme.example' },
  apiHeaders: { 'x-version': '2' },
})
const provider = new RegisteredProvider(acme(), false)
const settings = { subdomain: 'north' }
const credential = { headers: { Authorization: 'Bearer token' } }

describe('sendProviderRequest', () => {
  const sent: { url: string; request: OutboundRequest | undefined }[] = []
  const answering =
    (body: string, status = 200) =>
    (url: string | URL, request?: OutboundRequest): Promise<Response> => {
      sent.push({ url: String(url), request })
      return Promise.resolve(new Response(body, { status }))
    }

  it('sends the headers of the provider and of the credential', async () => {
    await sendProviderRequest(answering('{}'), provider, settings, credential, { path: '/me' })
    expect(sent.at(-1)).toEqual({
      url: 'https://north.acme.example/api/me',
      request: { method: 'GET', headers: { accept: 'application/json', 'x-version': '2', Authorization: 'Bearer token' }, body: null },
    })
  })

  it('sends a body as JSON, and to another base URL where the request names one', async () => {
    await sendProviderRequest(answering('{}'), provider, settings, credential, { base: 'accounts', path: '/me', method: 'POST', body: { id: 1 } })
    expect(sent.at(-1)).toMatchObject({
      url: 'https://accounts.acme.example/me',
      request: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"id":1}' },
    })
  })

  it.each([
    ['{"id":1}', { id: 1 }],
    ['<html>', undefined],
    ['', undefined],
  ])('reads the body %j as %j', async (body, parsed) => {
    expect(await sendProviderRequest(answering(body, 418), provider, settings, credential, { path: '/me' })).toMatchObject({ status: 418, body: parsed })
  })

  // TK-25
  it('lets no answer reach a prototype', async () => {
    const { body } = await sendProviderRequest(answering('{"__proto__":{"polluted":true},"id":1}'), provider, settings, credential, { path: '/me' })
    expect(body).toEqual({ id: 1 })
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype)
  })

  // SS-1
  it('sends nothing where a setting is not one DNS label', async () => {
    const before = sent.length
    await expect(sendProviderRequest(answering('{}'), provider, { subdomain: 'evil.example/' }, credential, { path: '/me' })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { setting: 'subdomain' },
    })
    expect(sent).toHaveLength(before)
  })
})
