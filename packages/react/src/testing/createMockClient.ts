import type { CompletionMessage, Connection } from '@authpipe/core'
import { createClient, type AuthpipeClient } from '../client/createClient.ts'
import type { ConnectWindow, StartForm } from '../client/connectWindow.ts'
import { keyOf } from '../client/openAttempt.ts'
import { savePending } from '../client/pendingSession.ts'
import { mockConnection } from './mockConnection.ts'
import { createMockHandler, type MockHandler, type MockHandlerOptions, type MockKeyOutcome, type MockOutcome } from './createMockHandler.ts'

/** What happens after a click, by the user, the provider or the browser; and what is there before it. */
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
  /** What becomes of the start: it never reaches the server, takes 150 times as long as an answer, or is refused. */
  readonly start?: 'lost' | 'slow' | 'refused'
  /** No request is answered: the first one is under way for ever, or all fail. */
  readonly server?: 'silent' | 'offline'
  /** What rings beside the completion page, or in its place. */
  readonly rings?: 'thrice' | 'forged'
  /** The user had finished just before whoever cancels. */
  readonly beatsCancel?: true
  /** What is under way as the page opens: an attempt of this tab from before a reload, or of another tab. */
  readonly before?: 'attempt' | 'other_tab'
  /** What is connected, unless a test says otherwise. */
  readonly connections?: readonly Connection[]
}

const scenarios = {
  /** The user approves, or a key is accepted. */
  success: { outcome: 'approve' },
  /** The user refuses at the provider. */
  denied: { outcome: 'deny' },
  /** The provider answers with an error. */
  provider_error: { outcome: 'authorization_failed' },
  /** The server lets this user connect nothing. */
  forbidden: { outcome: 'forbidden', key: 'forbidden' },
  /** Another account is chosen than the one that was to be mended. */
  account_mismatch: { outcome: 'account_mismatch' },
  /** The session runs out at the server. */
  timeout: { outcome: 'expire' },
  /** The browser opens no window; from its form the user approves. */
  blocked: { outcome: 'approve', blocked: true },
  /** The user stays at the provider, and a key is never answered. */
  never_finishes: { key: 'silent' },
  /** The user closes the window. */
  user_closes: { closes: true },
  /** The user closes the window, and approves later in another. */
  late_success: { outcome: 'approve', closes: true },
  /** The user cancels just after having approved. */
  late_success_after_cancel: { outcome: 'approve', beatsCancel: true },
  /** The provider cuts its window off, and the user approves in it. */
  severed_success: { outcome: 'approve', severed: true },
  /** The provider cuts its window off, and nobody knows what became of it. */
  severed_abandoned: { severed: true },
  /** The start takes 150 times as long as an answer; with the usual latency it counts as failed before it works. */
  slow_start: { outcome: 'approve', start: 'slow' },
  /** The start never reaches the server. */
  start_fails: { start: 'lost' },
  /** The server refuses the start, and says why in the window. */
  start_refused: { start: 'refused' },
  /** A page of another site posts a completion that is not so; the user approves later. */
  wrong_origin_message: { outcome: 'approve', rings: 'forged' },
  /** The news of the success comes several times, by several channels. */
  duplicate_message: { outcome: 'approve', rings: 'thrice' },
  /** The page was reloaded while the user was at the provider. */
  reload_mid_flow: { outcome: 'approve', before: 'attempt' },
  /** The user connects in another tab. */
  two_tabs: { outcome: 'approve', before: 'other_tab' },
  /** A key is accepted. */
  api_key_ok: {},
  /** The provider does not know the key. */
  api_key_rejected: { key: 'credential_rejected' },
  /** The same by its older name. */
  key_rejected: { key: 'credential_rejected' },
  /** The provider knows the key, and it may do too little. */
  key_allows_too_little: { key: 'insufficient_scope' },
  /** The provider knows no account of that name. */
  unknown_account: { key: 'unknown_account' },
  /** The provider does not answer. */
  unreachable: { key: 'provider_unreachable' },
  /** A connection needs its user; the user approves. */
  needs_reauth: { outcome: 'approve', connections: [mockConnection({ status: 'needs_reauth', statusReason: 'grant_revoked' })] },
  /** A connection works with fewer scopes than are asked for; the user approves. */
  missing_scopes: { outcome: 'approve', connections: [mockConnection({ missingScopes: ['customers:ro'] })] },
  /** Nothing is connected. */
  empty: { outcome: 'approve', connections: [] },
  /** Several accounts of one provider are connected, in several states. */
  many_accounts: {
    outcome: 'approve',
    connections: [
      mockConnection({ isDefault: true }),
      mockConnection({ id: 'conn_second', account: { id: 'acc_2', label: 'acme-sales' }, connectedAt: '2026-11-18T09:00:00.000Z' }),
      mockConnection({ id: 'conn_third', account: { id: 'acc_3', label: 'acme-events' }, status: 'needs_reauth', statusReason: 'refresh_token_expired', connectedAt: '2026-11-12T09:00:00.000Z' }),
    ],
  },
  /** The connections are read for ever. */
  loading: { server: 'silent' },
  /** The server cannot be reached. */
  offline: { server: 'offline' },
} as const satisfies Record<string, Scenario>

/** The names of all scenarios. */
export const mockScenarios: readonly MockScenario[] = Object.keys(scenarios).filter((name): name is MockScenario => name in scenarios)

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
  /** Changes a connection as the server's own work does: what a health check finds, an uninstall at the provider. */
  readonly change: MockHandler['change']
  /** Takes a start form as the server would, for forms that a page submits natively. */
  submit(form: FormData): void
}

/**
 * Makes a client for tests and stories: the real one, with a server in memory behind its `fetch`, windows that do not open, and
 * a user who follows the scenario. It works in jsdom and happy-dom, and under faked timers.
 *
 * @example
 * <AuthpipeProvider client={createMockClient({ scenario: 'denied' })}>…</AuthpipeProvider>
 */
export function createMockClient({ scenario = 'success', latencyMs = 100, basePath = '/api/authpipe', ...options }: MockClientOptions = {}): MockClient {
  const { outcome, key = 'approve', blocked, severed, closes, start, server, rings, beatsCancel, before, connections }: Scenario = scenarios[scenario]
  const { handler, finish, change } = createMockHandler({
    ...options,
    connections: options.connections ?? connections,
    judgeKey: options.judgeKey ?? (() => (key === 'silent' ? 'approve' : key)),
    basePath,
  })
  const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  const windows = new Map<string, { closed: boolean }>()

  const send = async (url: string, init?: RequestInit): Promise<Response> => {
    if (server === 'silent' || (key === 'silent' && init?.method === 'POST' && url === `${basePath}/connections`)) return new Promise(() => {})
    await later(latencyMs)
    if (server === 'offline') throw new TypeError('Failed to fetch')
    // Somebody else had the last word before the request arrived.
    if (beatsCancel && init?.method === 'DELETE') finish(url.slice(`${basePath}/sessions/`.length), 'approve')
    return handler(new Request(new URL(url, 'https://app.example'), init))
  }

  const submit = async (fields: Iterable<readonly [string, string]>, opened?: { closed: boolean }): Promise<void> => {
    const body = new URLSearchParams()
    for (const [name, value] of fields) body.append(name, value)
    const sessionId = body.get('sessionId')
    if (start === 'lost' || !sessionId) return
    if (start === 'refused') return later(10 * latencyMs).then(() => ring(sessionId))
    if (start === 'slow') await later(150 * latencyMs)
    await send(`${basePath}/sessions`, { method: 'POST', body })
    if (opened && severed) opened.closed = true
    if (rings === 'forged') dispatchEvent(new MessageEvent('message', { origin: 'https://other.example', data: completion(sessionId) }))
    await later(10 * latencyMs)
    if (opened && closes) opened.closed = true
    if (outcome === undefined || beatsCancel) return
    if (closes) await later(40 * latencyMs)
    finish(sessionId, outcome)
    for (let times = rings === 'thrice' ? 3 : 1; times > 0; times--) ring(sessionId)
    if (rings === 'thrice') dispatchEvent(new MessageEvent('message', { origin: location.origin, data: completion(sessionId) }))
    if (opened) opened.closed = true
  }

  if (before) {
    const { provider, sessionId } = { provider: 'livechat', sessionId: crypto.randomUUID() }
    void submit(Object.entries({ provider, sessionId })).then(() => broadcast('authpipe:changed', { v: 1, type: 'authpipe:changed' }))
    if (before === 'attempt') savePending(keyOf({ provider }), { sessionId, startedAt: Date.now(), here: false })
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
    change,
    submit: (form) => void submit([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))),
  }
}

const completion = (sessionId: string): CompletionMessage => ({ v: 1, type: 'authpipe:completion', sessionId })

/** Rings as the completion page does. */
const ring = (sessionId: string): void => broadcast(`authpipe:${sessionId}`, completion(sessionId))

/** Says something to the other pages. Where there are no channels, as in some test environments, the page finds it out by asking. */
function broadcast(name: string, message: unknown): void {
  if (typeof BroadcastChannel === 'undefined') return
  const channel = new BroadcastChannel(name)
  channel.postMessage(message)
  channel.close()
}
