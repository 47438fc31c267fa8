import { QueryClient } from '@tanstack/react-query'
import { act, render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { StrictMode, useState, type ComponentProps, type ReactNode } from 'react'
import { expect, test, vi } from 'vitest'
import { createConnectWorld, type ConnectWorld } from '../../test/connectWorld.ts'
import { AuthpipeProvider } from '../AuthpipeProvider.tsx'
import { ConnectButton, type ConnectButtonProps } from '../connect-button/ConnectButton.tsx'
import { mockConnection, mockProviders, type MockHandlerOptions } from '../testing/index.ts'
import { CredentialDialog } from './CredentialDialog.tsx'

const canary = 'CANARY-fd-key-0123456789'

function openWorld(options: MockHandlerOptions = {}) {
  const world = createConnectWorld(options)
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  // StrictMode may read a list twice.
  const asked = (): readonly string[] => [...new Set(world.requests)]
  const show = (element: ReactNode, props: Partial<ComponentProps<typeof AuthpipeProvider>> = {}) =>
    render(
      <StrictMode>
        <AuthpipeProvider client={world.client} queryClient={queryClient} {...props}>
          {element}
        </AuthpipeProvider>
      </StrictMode>,
    )
  return { world, asked, show }
}

const callbacks = () => ({ onSuccess: vi.fn(), onError: vi.fn(), onCancel: vi.fn(), onOpenChange: vi.fn() })

const domain = () => screen.findByRole<HTMLInputElement>('textbox', { name: 'Domain' })
const key = () => screen.getByLabelText<HTMLInputElement>('API key')
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }))
async function fillIn(secret = canary): Promise<void> {
  await userEvent.type(await domain(), 'acme')
  await userEvent.type(key(), secret)
}

test('stores the key, closes, and calls onSuccess once, in StrictMode too', async () => {
  const { world, show } = openWorld()
  const heard = callbacks()
  show(<CredentialDialog provider="freshdesk" {...heard} />)
  await fillIn()
  await press('Connect')
  const connection = expect.objectContaining({ provider: 'freshdesk', settings: { subdomain: 'acme' } })
  await waitFor(() => expect(heard.onSuccess).toHaveBeenCalledExactlyOnceWith(connection, { reconnected: false }))
  expect(heard.onOpenChange).toHaveBeenCalledExactlyOnceWith(false)
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(world.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1)
})

test('makes one request when it is submitted twice', async () => {
  const { world, show } = openWorld()
  show(<CredentialDialog provider="freshdesk" />)
  await fillIn()
  const form = key().form!
  act(() => {
    form.requestSubmit()
  })
  act(() => {
    form.requestSubmit()
  })
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(world.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1)
})

test('leaves no key on the page after a success, even where its owner keeps it open', async () => {
  const { show } = openWorld()
  const heard = callbacks()
  show(<CredentialDialog provider="freshdesk" open {...heard} />)
  await fillIn()
  await press('Connect')
  await waitFor(() => expect(heard.onSuccess).toHaveBeenCalledTimes(1))
  expect(key()).toHaveValue('')
  expect(document.documentElement.outerHTML).not.toContain(canary)
  expect(JSON.stringify(heard.onSuccess.mock.calls)).not.toContain(canary)
})

test('writes the key into no attribute while it is typed', async () => {
  const { show } = openWorld()
  show(<CredentialDialog provider="freshdesk" />)
  await fillIn()
  await press('Show API key')
  expect(key()).toHaveValue(canary)
  expect(document.documentElement.outerHTML).not.toContain(canary)
})

test('says what is wrong with a field under it, gives it the focus, and keeps the rest', async () => {
  const { show } = openWorld({ judgeKey: ({ fields }) => (fields.apiKey === 'right' ? 'approve' : 'credential_rejected') })
  const heard = callbacks()
  show(<CredentialDialog provider="freshdesk" {...heard} />)
  await fillIn('wrong')
  await press('Connect')
  await waitFor(() => expect(key()).toHaveFocus())
  expect(key()).toBeInvalid()
  expect(key()).toHaveAccessibleDescription('Freshdesk rejected this key. Copy it again and paste it here. Found under Profile settings.')
  expect(await domain()).toHaveValue('acme')
  expect(heard.onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'credential_rejected' }))

  await userEvent.clear(key())
  await userEvent.type(key(), 'right{Enter}')
  await waitFor(() => expect(heard.onSuccess).toHaveBeenCalledTimes(1))
})

test.each([
  ['insufficient_scope', 'API key', /^This key is allowed too little at Freshdesk\. Use the key of somebody with a higher role\./],
  ['unknown_account', 'Domain', /Freshdesk knows no such account\. Check this and try again\./],
] as const)('says %s under the field %s', async (outcome, label, text) => {
  const { show } = openWorld({ judgeKey: () => outcome })
  show(<CredentialDialog provider="freshdesk" />)
  await fillIn()
  await press('Connect')
  await waitFor(() => expect(screen.getByLabelText(label)).toHaveFocus())
  expect(screen.getByLabelText(label)).toHaveAccessibleDescription(text)
})

test.each([
  ['provider_unreachable', 'Freshdesk isn’t answering right now, so nothing was saved. What you typed is still here.', 'Try again'],
  ['provider_rate_limited', 'Freshdesk takes no more requests at the moment, so nothing was saved. Try again in a minute.', 'Try again'],
  ['rate_limited', 'That was tried too often. Wait a few minutes, then try again.', 'Try again'],
  ['forbidden', 'You are not allowed to connect Freshdesk.', 'Connect'],
  ['account_mismatch', 'This is another Freshdesk account than before. Nothing was changed.', 'Connect'],
  ['internal_error', 'Freshdesk could not be connected.', 'Connect'],
] as const)('says %s for the whole form and keeps what was typed', async (outcome, text, action) => {
  const { show } = openWorld({ judgeKey: () => outcome })
  show(<CredentialDialog provider="freshdesk" />)
  await fillIn()
  await press('Connect')
  await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent(text))
  expect(screen.getByRole('button', { name: action })).toBeInTheDocument()
  expect([(await domain()).value, key().value]).toEqual(['acme', canary])
})

test('offers a link for somebody who may connect it, where the app has a page for that', async () => {
  const { show } = openWorld({ judgeKey: () => 'forbidden' })
  show(<CredentialDialog provider="freshdesk" />, { app: { name: 'Northwind Desk', requestPage: '/integrations' } })
  await fillIn()
  await press('Connect')
  expect(await screen.findByRole('button', { name: 'Copy a link for somebody else' })).toBeInTheDocument()
})

test.each(['evil.example#', '-acme', 'acme.freshdesk.com.evil.example'])('sends neither a key that no header can carry nor the domain %s', async (typed) => {
  const { asked, show } = openWorld()
  show(<CredentialDialog provider="freshdesk" />)
  await userEvent.type(await domain(), typed)
  await userEvent.type(key(), 'key with 🔑')
  await press('Connect')
  expect(await domain()).toHaveFocus()
  expect(await domain()).toHaveAccessibleDescription('.freshdesk.com Enter just the name, such as “acme”.')
  expect(key()).toHaveAccessibleDescription('This does not look right. Copy it again. Found under Profile settings.')
  expect(asked()).toEqual(['GET /api/authpipe/providers'])
})

test.each([
  ['https://Acme.freshdesk.com/a/tickets/1', 'acme'],
  ['acme.freshdesk.com', 'acme'],
  ['acme.freshdesk.com.evil.example', 'acme.freshdesk.com.evil.example'],
])('reads the pasted domain %s as %s', async (pasted, value) => {
  const { show } = openWorld()
  show(<CredentialDialog provider="freshdesk" />)
  await userEvent.click(await domain())
  await userEvent.paste(pasted)
  expect(await domain()).toHaveValue(value)
})

test('asks browsers and password managers to leave the key alone', async () => {
  const { show } = openWorld()
  show(<CredentialDialog provider="freshdesk" />)
  await domain()
  expect(key()).toHaveAttribute('type', 'password')
  expect(key()).toHaveAttribute('autocomplete', 'off')
  expect(key()).toHaveAttribute('spellcheck', 'false')
  expect(key().form).toHaveAttribute('method', 'post')
})

test('opens the help beside this page, which stays', async () => {
  const { show } = openWorld()
  show(<CredentialDialog provider="freshdesk" />)
  const link = await screen.findByRole('link', { name: 'Where do I find this? (API key, opens in a new tab)' })
  expect(link).toHaveAttribute('target', '_blank')
  expect(link).toHaveAttribute('rel', 'noopener noreferrer')
})

test('closes with Cancel and with Escape, tells so, and gives the focus back', async () => {
  const { show } = openWorld()
  const heard = callbacks()
  function Page() {
    const [open, setOpen] = useState(false)
    return (
      <>
        <button onClick={() => setOpen(true)}>Add</button>
        <CredentialDialog provider="freshdesk" {...heard} open={open} onOpenChange={setOpen} />
      </>
    )
  }
  show(<Page />)
  for (const leave of [() => press('Cancel'), () => userEvent.keyboard('{Escape}')]) {
    await press('Add')
    await waitFor(async () => expect(await domain()).toHaveFocus())
    await leave()
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(screen.getByRole('button', { name: 'Add' })).toHaveFocus()
  }
  expect(heard.onCancel.mock.calls).toEqual([[{ reason: 'user' }], [{ reason: 'user' }]])
})

test('takes a click beside it as an end only while nothing was typed', async () => {
  const { show } = openWorld()
  show(<CredentialDialog provider="freshdesk" />)
  const field = await domain()
  expect(screen.getByRole('dialog')).toHaveAttribute('closedby', 'any')
  await userEvent.type(field, 'a')
  expect(screen.getByRole('dialog')).toHaveAttribute('closedby', 'closerequest')
})

test('is empty when it opens again', async () => {
  const { show } = openWorld()
  show(<ConnectButton provider="freshdesk" />)
  await press('Connect Freshdesk')
  await fillIn()
  await press('Cancel')
  await press('Connect Freshdesk')
  expect([(await domain()).value, key().value]).toEqual(['', ''])
})

test('lets no form around it be submitted', async () => {
  const { show } = openWorld({ providers: mockProviders })
  const onSubmit = vi.fn()
  show(
    <div onSubmit={onSubmit}>
      <CredentialDialog provider="freshdesk" />
    </div>,
  )
  await fillIn()
  await press('Connect')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(onSubmit).not.toHaveBeenCalled()
})

test('still tells of a success that the user did not wait for', async () => {
  const { world, show } = openWorld()
  const heard = callbacks()
  show(<CredentialDialog provider="freshdesk" {...heard} />)
  await fillIn()
  await press('Connect')
  await userEvent.keyboard('{Escape}')
  await waitFor(() => expect(heard.onSuccess).toHaveBeenCalledTimes(1))
  expect(world.requests).toContain('POST /api/authpipe/connections')
})

test('takes an app’s own texts', async () => {
  const { show } = openWorld({ judgeKey: () => 'credential_rejected' })
  const credentialDialog = { submit: 'Verbinden', errors: { credential_rejected: '{provider} lehnt ab.' } }
  show(<CredentialDialog provider="freshdesk" />, { messages: { credentialDialog } })
  await fillIn()
  await press('Verbinden')
  expect(await screen.findByText('Freshdesk lehnt ab.')).toBeInTheDocument()
})

test('says so where the provider takes no key', async () => {
  const { show } = openWorld()
  show(<CredentialDialog provider="livechat" />)
  expect(await screen.findByText('LiveChat could not be connected.')).toHaveAttribute('role', 'alert')
})

test('reads the providers again when they could not be read', async () => {
  const { world, show } = openWorld()
  world.offline = true
  show(<CredentialDialog provider="freshdesk" />)
  expect(await screen.findByText('The server can’t be reached right now.')).toBeInTheDocument()
  world.offline = false
  await press('Try again')
  expect(await domain()).toBeInTheDocument()
})

/** Lets the user sign in at the provider, and waits for what follows, so that no attempt outlives its test. */
async function approve({ posted, finish }: ConnectWorld): Promise<void> {
  const button = await screen.findByRole('button', { name: 'Connecting…' })
  await waitFor(() => expect(button).toHaveAttribute('data-phase', 'waiting'))
  const sessionId = posted[0]?.form.fields.find(([name]) => name === 'sessionId')?.[1]
  finish(sessionId ?? '', 'approve')
  await waitFor(() => expect(button).toHaveAttribute('data-phase', 'done'))
}

/** A button on a page that has read its connections, and the world around it. */
async function showButton(props: ConnectButtonProps, options: MockHandlerOptions = {}) {
  const { world, asked, show } = openWorld(options)
  show(<ConnectButton {...props} />)
  const button = await screen.findByRole('button', { busy: false })
  return { world, asked, button }
}

test('opens from a button for a provider that takes keys, which asks for the providers only then', async () => {
  const onSuccess = vi.fn()
  const { world, asked, button } = await showButton({ provider: 'freshdesk', onSuccess })
  expect(asked()).toEqual(['GET /api/authpipe/connections'])
  await userEvent.click(button)
  await fillIn()
  expect(asked()).toEqual(['GET /api/authpipe/connections', 'GET /api/authpipe/providers'])
  await press('Connect')
  expect(await screen.findByRole('button', { name: 'Freshdesk Connected' })).toBeInTheDocument()
  expect(onSuccess).toHaveBeenCalledTimes(1)
  expect(world.windows).toHaveLength(0)
})

test('opens from a button that was told so, for a provider of the app', async () => {
  const providers = mockProviders.map((summary) => ({ ...summary, id: summary.id === 'freshdesk' ? 'acme' : summary.id }))
  const { world, button } = await showButton({ provider: 'acme', authMethod: 'api_key' }, { providers })
  await userEvent.click(button)
  expect(await domain()).toBeInTheDocument()
  expect(world.windows).toHaveLength(0)
})

test('leaves a sign-in its window in the click, without a request for the providers', async () => {
  const { world, asked, button } = await showButton({ provider: 'livechat' })
  button.click()
  expect(world.windows).toHaveLength(1)
  expect(asked()).not.toContain('GET /api/authpipe/providers')
  await approve(world)
})

test('offers two ways, and opens the window of a sign-in in the click, with the settings that were typed', async () => {
  const { world, button } = await showButton({ provider: 'freshservice', scopes: ['tickets'] })
  await userEvent.click(button)
  await userEvent.click(await screen.findByRole('button', { name: /^Sign in to Freshservice/ }))
  await userEvent.type(await screen.findByRole('textbox', { name: 'Organization' }), 'acme')
  await userEvent.type(await domain(), 'acme-it')
  screen.getByRole('button', { name: 'Continue' }).click()
  expect(world.windows).toHaveLength(1)
  expect(world.posted[0]!.form.fields).toEqual(expect.arrayContaining([['settings.organization', 'acme'], ['settings.subdomain', 'acme-it'], ['scopes', 'tickets']]))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  await approve(world)
})

test('mends a key with a key, under the same connection and without its domain', async () => {
  const broken = mockConnection({ id: 'conn_1', provider: 'freshdesk', credentialType: 'api_key', status: 'needs_reauth', statusReason: 'credential_rejected' })
  const onSuccess = vi.fn()
  await showButton({ provider: 'freshdesk', onSuccess }, { connections: [broken] })
  expect(await screen.findByText('Freshdesk no longer accepts the key.')).toBeInTheDocument()
  await press('Reconnect Freshdesk')
  await userEvent.type(await screen.findByLabelText('API key'), canary)
  expect(screen.getByRole('dialog', { name: 'Update your Freshdesk key' })).toHaveTextContent('Enter a new key for acme-support.')
  expect(screen.queryByRole('textbox', { name: 'Domain' })).toBeNull()
  await press('Update key')
  await waitFor(() => expect(onSuccess).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'conn_1', status: 'active' }), { reconnected: true }))
})

test('mends a sign-in with a sign-in, whatever other ways there are', async () => {
  const broken = mockConnection({ id: 'conn_1', provider: 'freshservice', status: 'needs_reauth' })
  const { world } = await showButton({ provider: 'freshservice' }, { connections: [broken] })
  await press('Reconnect Freshservice')
  expect(world.windows).toHaveLength(1)
  expect(screen.queryByRole('dialog')).toBeNull()
  await approve(world)
})

test('says so where its code cannot be loaded, and opens at the next click', async () => {
  const onError = vi.fn()
  vi.doMock('./CredentialDialog.tsx', () => {
    throw new TypeError('Failed to fetch dynamically imported module')
  })
  await showButton({ provider: 'freshdesk', onError })
  await press('Connect Freshdesk')
  await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('The server can’t be reached right now.'))
  expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'network_error', message: 'More code of this page could not be loaded.', retryable: true }))
  vi.doUnmock('./CredentialDialog.tsx')
  await press('Connect Freshdesk')
  expect(await domain()).toBeInTheDocument()
})

test('works behind a button of one’s own', async () => {
  const { show } = openWorld()
  show(<ConnectButton.Custom provider="freshdesk">{({ label, getButtonProps }) => <button {...getButtonProps()}>{label}</button>}</ConnectButton.Custom>)
  await userEvent.click(await screen.findByRole('button', { busy: false }))
  expect(await domain()).toBeInTheDocument()
})
