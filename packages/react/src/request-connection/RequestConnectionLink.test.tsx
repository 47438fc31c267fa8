import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createConnectWorld, type ConnectWorld } from '../../test/connectWorld.ts'
import { AuthpipeProvider } from '../AuthpipeProvider.tsx'
import { MockAuthpipeProvider } from '../testing/index.ts'
import { RequestConnectionLink } from './RequestConnectionLink.tsx'
import { RequestedConnection } from './RequestedConnection.tsx'

beforeEach(() => sessionStorage.clear())
afterEach(() => history.replaceState(null, '', '/'))

describe('the link', () => {
  test('names the provider and nobody, and no session', async () => {
    const onCopied = vi.fn()
    render(
      <MockAuthpipeProvider>
        <RequestConnectionLink provider="livechat" page="/integrations?tab=chat" onCopied={onCopied} />
      </MockAuthpipeProvider>,
    )
    await userEvent.setup().click(screen.getByRole('button', { name: 'Copy a link for somebody else' }))
    expect(onCopied).toHaveBeenCalledExactlyOnceWith(`${location.origin}/integrations?tab=chat&authpipe_connect=livechat`)
    expect(screen.getByRole('status')).toHaveTextContent('Link copied.')
  })

  test('is shown where it cannot be copied', async () => {
    const user = userEvent.setup()
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('No.', 'NotAllowedError'))
    render(
      <MockAuthpipeProvider>
        <RequestConnectionLink provider="crisp" page="/integrations" />
      </MockAuthpipeProvider>,
    )
    await user.click(screen.getByRole('button'))
    expect(await screen.findByRole('textbox', { name: 'Link to connect Crisp' })).toHaveValue(`${location.origin}/integrations?authpipe_connect=crisp`)
  })
})

describe('whoever opens it', () => {
  const open = (search: string): ConnectWorld => {
    history.replaceState(null, '', `/integrations${search}`)
    const world = createConnectWorld()
    render(
      <AuthpipeProvider client={world.client} queryClient={new QueryClient()} app={{ name: 'Northwind Desk' }}>
        <RequestedConnection workspace="Northwind Traders" />
      </AuthpipeProvider>,
    )
    return world
  }

  // ST-3
  test('is asked, by the name of what is connected to what, and nothing is started before their own click', async () => {
    const world = open('?authpipe_connect=livechat&tab=chat')
    const dialog = await screen.findByRole('dialog', { name: 'Connect LiveChat?' })
    expect(dialog).toHaveAccessibleDescription(/to connect LiveChat to Northwind Traders.*Northwind Desk gets the access/)
    expect(world.requests.filter((request) => !request.startsWith('GET '))).toEqual([])
    expect(world.windows).toEqual([])
    await userEvent.click(await screen.findByRole('button', { name: 'Connect LiveChat', busy: false }))
    expect(world.posted.map(({ form }) => form.fields.find(([name]) => name === 'provider')?.[1])).toEqual(['livechat'])
  })

  test('can decline, after which the address asks no more', async () => {
    const world = open('?authpipe_connect=livechat&tab=chat')
    await userEvent.click(await screen.findByRole('button', { name: 'Not now' }))
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
    expect(location.search).toBe('?tab=chat')
    expect(world.posted).toEqual([])
  })

  test.each(['', '?authpipe_connect=unheard-of', '?authpipe_connect=<img src=x>'])('sees nothing at “%s”', async (search) => {
    const { requests } = open(search)
    if (search) await vi.waitFor(() => expect(requests).toContain('GET /api/authpipe/providers'))
    await Promise.resolve()
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  })
})
