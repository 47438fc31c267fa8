// The scenarios of the mock client as an app's own tests use them, under faked timers. One suite for every environment.
import { act, render, screen, within } from '@testing-library/react'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { ConnectButton, useConnectionEffect, useConnections } from '../src/index.ts'
import { MockAuthpipeProvider, mockConnection, mockScenarios, type MockScenario } from '../src/testing/index.ts'

const pass = (ms: number): Promise<void> => act(() => vi.advanceTimersByTimeAsync(ms).then(() => {}))

function Effects({ tell }: { readonly tell: (what: string) => void }): null {
  useConnectionEffect({ onConnect: () => tell('onConnect'), onReconnect: () => tell('onReconnect') })
  return null
}

function Accounts() {
  const { data = [] } = useConnections({ provider: 'livechat' })
  return <p>{data.map(({ account }) => account.label).join()}</p>
}

/** A page of an app with a button, and what it was told. */
async function open(scenario: MockScenario, { provider = 'livechat', latencyMs = 10, connections = undefined as undefined | ReturnType<typeof mockConnection>[] } = {}) {
  const told: string[] = []
  render(
    <MockAuthpipeProvider scenario={scenario} latencyMs={latencyMs} connections={connections} onEvent={({ event }) => told.push(`event ${event}`)}>
      <ConnectButton
        provider={provider}
        onSuccess={(_, { reconnected }) => told.push(reconnected ? 'reconnected' : 'connected')}
        onCancel={({ reason }) => told.push(`cancelled ${reason}`)}
        onError={({ code }) => told.push(`failed ${code}`)}
      />
      <Effects tell={(what) => told.push(what)} />
      <Accounts />
    </MockAuthpipeProvider>,
  )
  await pass(5 * latencyMs)
  const button = () => screen.getAllByRole('button')[0]!
  return {
    button,
    told: () => told.filter((what) => !what.startsWith('event')),
    click: async (element = button()) => {
      act(() => element.click())
      await pass(0)
    },
    note: () => screen.getAllByRole('status')[0]!.textContent,
    action: (name: string) => screen.getByRole('button', { name }),
  }
}

export function mockScenarioSuite(): void {
  // A faked clock waits for no module that is loaded while it runs.
  beforeAll(async () => {
    await Promise.all([
      import('../src/client/followAttempt.ts'),
      import('../src/client/readAnswer.ts'),
      import('../src/client/resumeAttempts.ts'),
      import('../src/connect-button/connectButtonEngine.tsx'),
      import('../src/connect-button/ConnectNote.tsx'),
      import('../src/credential-dialog/CredentialDialog.tsx'),
      import('../src/followConnections.ts'),
    ])
  })
  beforeEach(() => {
    vi.useFakeTimers()
    sessionStorage.clear()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  describe('a click where the scenario is', () => {
    test.each<[MockScenario, string, string[]]>([
      ['success', '', ['onConnect', 'connected']],
      ['denied', 'LiveChat access wasn’t approved. Nothing was changed.', ['cancelled denied']],
      ['provider_error', 'LiveChat could not be connected.', ['failed authorization_failed']],
      ['forbidden', 'You are not allowed to connect LiveChat.', ['failed forbidden']],
      ['timeout', 'This took too long, so we stopped waiting.', ['failed connect_timed_out']],
      ['user_closes', 'Connecting was cancelled. Nothing was changed.', ['cancelled presumed_closed']],
      ['severed_success', '', ['onConnect', 'connected']],
      ['severed_abandoned', 'Finish connecting in the LiveChat window. Closed it?', []],
      ['never_finishes', 'Finish in the LiveChat window.', []],
      ['start_refused', 'LiveChat could not be connected.', ['failed session_not_found']],
      ['wrong_origin_message', '', ['onConnect', 'connected']],
      ['duplicate_message', '', ['onConnect', 'connected']],
      ['empty', '', ['onConnect', 'connected']],
    ])('%s ends as it says', async (scenario, note, told) => {
      const page = await open(scenario)
      await page.click()
      await pass(9_000)
      expect(page.told()).toEqual(told)
      expect(page.note()).toBe(note)
    })

    test.each<[MockScenario, string[]]>([
      ['start_fails', ['failed network_error']],
      ['slow_start', ['failed network_error', 'onConnect', 'connected']],
      ['late_success', ['cancelled presumed_closed', 'onConnect', 'connected']],
    ])('%s takes its time', async (scenario, told) => {
      const page = await open(scenario, { latencyMs: 100 })
      await page.click()
      await pass(30_000)
      expect(page.told()).toEqual(told)
    })

    test('late_success_after_cancel is connected after all', async () => {
      const page = await open('late_success_after_cancel')
      await page.click()
      await pass(2_000)
      await page.click(page.action('Cancel'))
      expect(page.told()).toEqual(['cancelled user'])
      await pass(9_000)
      expect(page.told()).toEqual(['cancelled user', 'onConnect', 'connected'])
    })

    test('blocked is connected from the form that is offered', async () => {
      const page = await open('blocked')
      await page.click()
      await pass(100)
      expect(page.note()).toBe('Your browser blocked the LiveChat window.')
      await page.click(page.action('Open in a new tab'))
      await pass(9_000)
      expect(page.told()).toEqual(['onConnect', 'connected'])
    })

    test('needs_reauth mends the connection', async () => {
      const page = await open('needs_reauth')
      expect(page.button().textContent).toContain('Reconnect LiveChat')
      await page.click()
      await pass(9_000)
      expect(page.told()).toEqual(['onReconnect', 'reconnected'])
    })

    test('account_mismatch offers the choice', async () => {
      const page = await open('account_mismatch', { connections: [mockConnection({ status: 'needs_reauth' })] })
      await page.click()
      await pass(9_000)
      expect(page.told()).toEqual(['failed account_mismatch'])
      expect(page.action('Add as a second account')).toBeTruthy()
    })
  })

  describe('a page that opens where the scenario is', () => {
    test('reload_mid_flow goes on with the attempt', async () => {
      const page = await open('reload_mid_flow')
      expect(page.button().textContent).toContain('Connecting…')
      await pass(9_000)
      expect(page.told()).toEqual(['onConnect', 'connected'])
    })

    test('two_tabs shows what the other tab has connected, and tells of nothing', async () => {
      const page = await open('two_tabs')
      expect(page.button().textContent).toContain('Connect LiveChat')
      await pass(70_000)
      expect(page.button().textContent).toContain('Connected')
      expect(page.told()).toEqual([])
    })

    test('missing_scopes and many_accounts shows connections', async () => {
      const scopes = await open('missing_scopes')
      expect(scopes.button().textContent).toContain('Connected')
      document.body.innerHTML = ''
      await open('many_accounts')
      expect(screen.getByText('acme-support,acme-sales,acme-events')).toBeTruthy()
    })

    test.each<[MockScenario, string]>([
      ['loading', 'Loading connections'],
      ['offline', 'The server can’t be reached right now.'],
    ])('%s says so', async (scenario, note) => {
      const page = await open(scenario)
      await pass(100)
      expect(page.note()).toBe(note)
    })
  })

  describe('a key where the scenario is', () => {
    test.each<[MockScenario, RegExp, string[]]>([
      ['api_key_ok', /Connected/, ['onConnect', 'connected']],
      ['api_key_rejected', /Freshdesk rejected this key/, ['failed credential_rejected']],
      ['key_rejected', /Freshdesk rejected this key/, ['failed credential_rejected']],
      ['key_allows_too_little', /./, ['failed insufficient_scope']],
      ['unknown_account', /./, ['failed invalid_request']],
      ['unreachable', /Freshdesk isn’t answering right now/, ['failed provider_unreachable']],
    ])('%s ends as it says', async (scenario, seen, told) => {
      const page = await open(scenario, { provider: 'freshdesk' })
      await page.click()
      await pass(100)
      const dialog = screen.getByRole('dialog', { hidden: true })
      const fill = (label: RegExp, value: string): void => {
        const input = within(dialog).getByLabelText<HTMLInputElement>(label, { selector: 'input' })
        input.value = value
        input.dispatchEvent(new Event('input', { bubbles: true }))
      }
      fill(/Domain/, 'acme')
      fill(/API key/, 'key-0123456789')
      await page.click(within(dialog).getByRole('button', { name: 'Connect', hidden: true }))
      await pass(2_000)
      expect(page.told()).toEqual(told)
      expect(document.body.textContent).toMatch(seen)
    })
  })

  test('there is a list of all scenarios, for a toolbar', () => {
    expect(mockScenarios).toContain('severed_success')
    expect(new Set(mockScenarios).size).toBeGreaterThan(25)
  })
}
