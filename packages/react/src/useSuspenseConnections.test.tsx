import { QueryClient, QueryErrorResetBoundary } from '@tanstack/react-query'
import { act, render, screen } from '@testing-library/react'
import { Component, Suspense, type ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import { createConnectWorld } from '../test/connectWorld.ts'
import { AuthpipeProvider, type AuthpipeProviderProps } from './AuthpipeProvider.tsx'
import { mockConnection } from './testing/index.ts'
import { useSuspenseConnection } from './useSuspenseConnection.ts'
import { useSuspenseConnections } from './useSuspenseConnections.ts'

const connections = [mockConnection({ id: 'a' }), mockConnection({ id: 'gone', status: 'revoked' })]

class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {}
  static getDerivedStateFromError = (error: Error) => ({ error })
  override render = () => (this.state.error ? `failed: ${this.state.error.message}` : this.props.children)
}

function Connections(): ReactNode {
  const { data } = useSuspenseConnections()
  const { connectionStatus } = useSuspenseConnection('livechat')
  const { data: nothing } = useSuspenseConnection('crisp')
  return `${data.map(({ id }) => id).join()} ${connectionStatus} ${nothing === null ? 'absent' : 'there'}`
}

function page(props: Partial<AuthpipeProviderProps> = {}) {
  const world = createConnectWorld({ connections })
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const tree = (
    <AuthpipeProvider client={world.client} queryClient={queryClient} {...props}>
      <QueryErrorResetBoundary>
        <ErrorBoundary>
          <Suspense fallback="waiting">
            <Connections />
          </Suspense>
        </ErrorBoundary>
      </QueryErrorResetBoundary>
    </AuthpipeProvider>
  )
  return { world, tree }
}

test('suspend until the connections are there, and make one request', async () => {
  const { world, tree } = page()
  await act(async () => void render(tree))
  expect(await screen.findByText('a active absent')).toBeInTheDocument()
  expect(world.requests).toEqual(['GET /api/authpipe/connections'])
})

test('are rendered on a server from what it was given', () => {
  const { world, tree } = page({ initialConnections: connections })
  expect(renderToString(tree)).toContain('a active absent')
  expect(world.requests).toEqual([])
})

test('hand an error to the error boundary', async () => {
  const { world, tree } = page()
  world.offline = true
  const onCaughtError = vi.fn()
  await act(async () => void render(tree, { onCaughtError }))
  expect(await screen.findByText('failed: No usable answer to /connections.')).toBeInTheDocument()
  expect(onCaughtError.mock.calls[0]?.[0]).toMatchObject({ code: 'network_error' })
})
