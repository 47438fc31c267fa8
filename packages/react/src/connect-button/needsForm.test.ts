import { catalog } from '@authpipe/core/providers'
import { expect, test } from 'vitest'
import { mockProviders } from '../testing/index.ts'
import { keyProviders, needsForm } from './needsForm.ts'

const summaryOf = (id: string) => mockProviders.find((summary) => summary.id === id)
const settings = { organization: 'acme', subdomain: 'acme' }

test('knows the built-in providers that take keys', () => {
  const taking = catalog.filter(({ definition }) => definition.auth.some(({ kind }) => kind === 'api_key'))
  expect(keyProviders).toEqual(taking.map(({ definition }) => definition.id))
})

test.each([
  ['livechat', undefined, false],
  ['freshdesk', undefined, true],
  ['of-the-app', undefined, false],
  ['of-the-app', 'api_key', true],
  ['freshservice', 'oauth2', false],
] as const)('decides for %s with authMethod %s before the page knows the providers', (provider, method, asks) => {
  expect(needsForm(provider, undefined, method)).toBe(asks)
})

test.each([
  ['nothing to ask', 'livechat', undefined, undefined, false],
  ['a key', 'freshdesk', undefined, settings, true],
  ['a choice of two ways', 'freshservice', undefined, settings, true],
  ['the settings of a sign-in', 'freshservice', 'oauth2', undefined, true],
  ['a sign-in whose settings are given', 'freshservice', 'oauth2', settings, false],
] as const)('goes by the provider’s summary where the page knows it: %s', (_, provider, method, given, asks) => {
  expect(needsForm(provider, summaryOf(provider), method, given)).toBe(asks)
})

test('takes a summary’s word before its own list', () => {
  const { auth: _keys, ...rest } = summaryOf('freshdesk')!
  expect(needsForm('freshdesk', { ...rest, settings: [], auth: [{ kind: 'oauth2', scopes: [], fields: [] }] }, undefined)).toBe(false)
})
