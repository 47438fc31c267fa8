import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { renderToString } from 'react-dom/server'
import { afterEach, expect, test, vi } from 'vitest'
import { pageClient, useAuthpipe, useHostQueryClient } from './useAuthpipe.ts'

afterEach(() => vi.unstubAllGlobals())

function queryClientOfRender(host?: QueryClient): QueryClient | undefined {
  let used: QueryClient | undefined
  function Probe() {
    used = useHostQueryClient()
    return null
  }
  renderToString(host ? <QueryClientProvider client={host}><Probe /></QueryClientProvider> : <Probe />)
  return used
}

test('makes a QueryClient per render on a server, so that users share no data', () => {
  vi.stubGlobal('document', undefined)
  expect(queryClientOfRender()).toBeInstanceOf(QueryClient)
  expect(queryClientOfRender()).not.toBe(queryClientOfRender())
})

test('makes one QueryClient per page in a browser', () => {
  expect(queryClientOfRender()).toBe(queryClientOfRender())
})

test('uses the QueryClient of the app where there is one', () => {
  const host = new QueryClient()
  expect(queryClientOfRender(host)).toBe(host)
})

test('keeps one client per base path, so that an attempt outlives the components', () => {
  expect(pageClient()).toBe(pageClient('/api/authpipe'))
  expect(pageClient('/other')).not.toBe(pageClient())
  expect(pageClient('/other').basePath).toBe('/other')
})

test('falls back to the default client and replaces no text outside an AuthpipeProvider', () => {
  let value: ReturnType<typeof useAuthpipe> | undefined
  function Probe() {
    value = useAuthpipe()
    return null
  }
  renderToString(<Probe />)
  expect(value).toMatchObject({ client: pageClient(), messages: {}, mode: 'auto' })
})
