import type { AuthpipeClient } from '../client/createClient.ts'
import { createClient } from '../client/createClient.ts'
import type { ConnectWindow, StartForm } from '../client/connectWindow.ts'
import { createMockHandler, type MockHandlerOptions, type MockKeyOutcome, type MockOutcome } from './createMockHandler.ts'

/** What happens after a click, by the user, the provider or the browser. */
export type MockScenario = keyof typeof scenarios

interface Scenario {
  /** How the user decides; left out, the user never does. */
  readonly outcome?: MockOutcome
  /** What the provider says of a key, unless it approves; `silent` where it never answers. */
  readonly key?: MockKeyOutcome | 'silent'
  /** The browser opens no window. */
  readonly blocked?: true
  /** The window reads as closed at once while it lives on: the provider sent COOP `same-origin`. */
  readonly severed?: true
  /** The user closes the window; with an outcome, only after having decided on a page that lives on elsewhere. */
  readonly closes?: true
  /** The start never reaches the server. */
  readonly lost?: true
  /** No request is answered: the first one is under way for ever, or all fail. */
  readonly server?: 'silent' | 'offline'
}

const scenarios = {
  success: { outcome: 'approve' },
  denied: { outcome: 'deny' },
  provider_error: { outcome: 'authorization_failed' },
  account_mismatch: { outcome: 'account_mismatch' },
  timeout: { outcome: 'expire' },
  blocked: { outcome: 'approve', blocked: true },
  never_finishes: { key: 'silent' },
  user_closes: { closes: true },
  late_success: { outcome: 'approve', closes: true },
  severed_success: { outcome: 'approve', severed: true },
  severed_abandoned: { severed: true },
  start_fails: { lost: true },
  key_rejected: { key: 'credential_rejected' },
  key_allows_too_little: { key: 'insufficient_scope' },
  unknown_account: { key: 'unknown_account' },
  unreachable: { key: 'provider_unreachable' },
  loading: { server: 'silent' },
  offline: { server: 'offline' },
} as const satisfies Record<string, Scenario>

export interface MockClientOptions extends MockHandlerOptions {
  /** @defaultValue `success` */
  readonly scenario?: MockScenario | undefined
  /**
   * How long an answer takes, and ten times that the user, in milliseconds.
   * @defaultValue 100
   */
  readonly latencyMs?: number | undefined
}

/** A client with a server in memory behind it. */
export interface MockClient extends AuthpipeClient {
  /** Takes a start form as the server would, for forms that a page submits natively. */
  submit(form: FormData): void
}

/**
 * Makes a client for tests and stories: the real one, with a server in memory behind its `fetch`, windows that do not open, and
 * a user who follows the scenario.
 *
 * @example
 * <AuthpipeProvider client={createMockClient({ scenario: 'denied' })}>…</AuthpipeProvider>
 */
export function createMockClient({ scenario = 'success', latencyMs = 100, basePath = '/api/authpipe', ...options }: MockClientOptions = {}): MockClient {
  const { outcome, key = 'approve', blocked, severed, closes, lost, server }: Scenario = scenarios[scenario]
  const { handler, finish } = createMockHandler({ ...options, judgeKey: options.judgeKey ?? (() => (key === 'silent' ? 'approve' : key)), basePath })
  const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  const windows = new Map<string, { closed: boolean }>()

  const send = async (url: string, init?: RequestInit): Promise<Response> => {
    if (server === 'silent' || (key === 'silent' && init?.method === 'POST' && url === `${basePath}/connections`)) return new Promise(() => {})
    await later(latencyMs)
    if (server === 'offline') throw new TypeError('Failed to fetch')
    return handler(new Request(new URL(url, 'https://app.example'), init))
  }

  const submit = async (fields: Iterable<readonly [string, string]>, opened?: { closed: boolean }): Promise<void> => {
    const body = new URLSearchParams()
    for (const [name, value] of fields) body.append(name, value)
    const sessionId = body.get('sessionId')
    if (lost || !sessionId) return
    await send(`${basePath}/sessions`, { method: 'POST', body })
    if (opened && severed) opened.closed = true
    await later(10 * latencyMs)
    if (opened && closes) opened.closed = true
    if (outcome === undefined) return
    if (closes) await later(40 * latencyMs)
    finish(sessionId, outcome)
    const channel = new BroadcastChannel(`authpipe:${sessionId}`)
    channel.postMessage({ v: 1, type: 'authpipe:completion', sessionId })
    channel.close()
    if (opened) opened.closed = true
  }

  const client = createClient({
    basePath,
    fetch: send,
    windows: {
      open(name): ConnectWindow | null {
        if (blocked) return null
        const opened = { closed: false, focus() {}, close: () => void (opened.closed = true) }
        windows.set(name, opened)
        return opened
      },
      post: ({ fields }: StartForm, target) => void submit(fields, windows.get(target)),
      // A window that was cut off stands in front of the page; one that the user closed gives the focus back.
      hasFocus: () => !severed,
    },
  })
  return {
    ...client,
    submit: (form) => void submit([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))),
  }
}
