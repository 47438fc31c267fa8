import { act, render, screen } from '@testing-library/react'
import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { createConnectWorld } from '../test/connectWorld.ts'
import { AuthpipeProvider, type AuthpipeProviderProps } from './AuthpipeProvider.tsx'
import { Show, type ShowCondition } from './Show.tsx'
import { mockConnection } from './testing/index.ts'

function show(when: ShowCondition, props: Partial<AuthpipeProviderProps> = {}) {
  const world = createConnectWorld({ connections: [mockConnection(), mockConnection({ id: 'h', provider: 'help-scout', status: 'needs_reauth' })] })
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const { container } = render(
    <AuthpipeProvider client={world.client} queryClient={queryClient} {...props}>
      <Show when={when} fallback="no" loading="wait">
        yes
      </Show>
    </AuthpipeProvider>,
  )
  return { world, queryClient, container }
}

test.each([
  [{ provider: 'livechat' }, 'yes'],
  [{ provider: 'livechat', is: 'needs_reauth' }, 'no'],
  [{ provider: 'help-scout' }, 'no'],
  [{ provider: 'help-scout', is: ['needs_reauth', 'failed'] }, 'yes'],
  [{ provider: 'crisp', is: 'absent' }, 'yes'],
  [{ provider: 'livechat', kind: 'installation' }, 'no'],
] satisfies [ShowCondition, string][])('shows for %j: %s', async (when, expected) => {
  show(when)
  expect(await screen.findByText(expected)).toBeInTheDocument()
})

test('shows neither before it is known, and at once what the page was given', async () => {
  const given = show({ provider: 'livechat' }, { initialConnections: [mockConnection()] })
  expect(given.container).toHaveTextContent('yes')
  const { container } = show({ provider: 'livechat' })
  expect(container).toHaveTextContent('wait')
  await screen.findAllByText('yes')
})

test('falls back where the connections cannot be read', async () => {
  const { world, queryClient } = show({ provider: 'livechat' })
  world.offline = true
  await act(() => queryClient.resetQueries())
  expect(await screen.findByText('no')).toBeInTheDocument()
})
