import { waitFor } from '@testing-library/react'
import { expect, expectTypeOf, test } from 'vitest'
import type { ProviderSummary } from '@authpipe/core'
import { renderInWorld } from '../test/renderInWorld.tsx'
import { authpipeKeys } from './queries.ts'
import { useProvider } from './useProvider.ts'
import { useProviders } from './useProviders.ts'

test.each([
  ['a search', { search: 'key tickets' }, ['freshdesk']],
  ['a category', { category: 'Customer Support' }, ['livechat', 'help-scout', 'freshdesk', 'freshservice', 'crisp']],
  ['a category that there is not', { category: 'Weather' }, []],
  ['ids, in their order', { ids: ['crisp', 'livechat', 'unheard-of'] }, ['crisp', 'livechat']],
  ['a way to connect', { authMethod: 'api_key' }, ['freshdesk', 'freshservice', 'crisp']],
  ['several conditions at once', { authMethod: 'oauth2', search: 'freshservice' }, ['freshservice']],
] as const)('lists providers by %s', async (_, filter, expected) => {
  const { result } = renderInWorld(() => useProviders(filter))
  await waitFor(() => expect(result.current.data?.map(({ id }) => id)).toEqual(expected))
})

test('reads all lists and single providers by one request, under one key', async () => {
  const { result, world } = renderInWorld(() => [useProviders({ search: 'chat' }), useProviders(), useProvider('crisp'), useProvider('unheard-of')] as const)
  await waitFor(() => expect(result.current[1].data).toHaveLength(5))
  expect(result.current[2].data).toMatchObject({ id: 'crisp', name: 'Crisp' })
  expect(result.current[3].data).toBeNull()
  expect(result.current.map(({ queryKey }) => queryKey)).toEqual(Array(4).fill(authpipeKeys.providers()))
  expect(world.requests).toEqual(['GET /api/authpipe/providers'])
})

test('hands the options of TanStack Query on, beside the filter and within it', async () => {
  const names = (providers: readonly ProviderSummary[]): readonly string[] => providers.map(({ name }) => name)
  const { result, world } = renderInWorld(() => ({
    beside: useProviders({ authMethod: 'oauth2' }, { query: { select: names } }),
    within: useProviders({ query: { enabled: false } }),
    single: useProvider('crisp', { query: { enabled: false } }),
  }))
  await waitFor(() => expect(result.current.beside.data).toEqual(['LiveChat', 'Help Scout', 'Freshservice']))
  expectTypeOf(result.current.beside.data).toEqualTypeOf<readonly string[] | undefined>()
  expect(world.requests).toHaveLength(1)
})

test('asks nothing where it is switched off', () => {
  const { result, world } = renderInWorld(() => useProviders({}, { query: { enabled: false } }))
  expect(result.current.fetchStatus).toBe('idle')
  expect(world.requests).toEqual([])
})
