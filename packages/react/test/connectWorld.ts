import { createError, toProblem } from '@authpipe/core'
import { vi, type Mock } from 'vitest'
import { createClient, type AuthpipeClient } from '../src/client/createClient.ts'
import type { ConnectCallbacks } from '../src/client/connectFlow.ts'
import type { StartForm } from '../src/client/connectWindow.ts'
import { createMockHandler, type MockHandler, type MockHandlerOptions, type MockOutcome } from '../src/testing/index.ts'

/** A BroadcastChannel that delivers at once, within this page. */
export class InstantChannel {
  static readonly #open = new Set<InstantChannel>()
  readonly name: string
  onmessage: ((event: { readonly data: unknown }) => void) | null = null

  constructor(name: string) {
    this.name = name
    InstantChannel.#open.add(this)
  }

  postMessage(data: unknown): void {
    for (const other of InstantChannel.#open) if (other !== this && other.name === this.name) other.onmessage?.({ data })
  }

  close(): void {
    InstantChannel.#open.delete(this)
  }
}

export class FakeWindow {
  closed = false
  readonly focus: Mock<() => void> = vi.fn()
  readonly close: Mock<() => void> = vi.fn(() => {
    this.closed = true
  })
}

/** Everything around a connect flow, under the test's control: server, windows, focus, view and network. */
export interface ConnectWorld {
  readonly client: AuthpipeClient
  readonly windows: FakeWindow[]
  readonly posted: { readonly form: StartForm; readonly target: string }[]
  /** Method and path of every request. */
  readonly requests: string[]
  blocked: boolean
  focused: boolean
  offline: boolean
  /** Says of a request, by method and path, whether the server forbids it. */
  refuses?: (request: string) => boolean
  /** Whether posted forms reach the server. */
  delivers: boolean
  readonly heard: { [K in keyof Required<ConnectCallbacks>]: ReturnType<typeof vi.fn<NonNullable<ConnectCallbacks[K]>>> }
  readonly listener: { readonly current: ConnectCallbacks }
  /** Brings a form to the server, as a browser does. */
  deliver(form: StartForm): Promise<Response>
  /** Lets the user decide at the provider; nobody rings. */
  finish(sessionId: string, outcome: MockOutcome): void
  /** Changes a connection as the server's own work does. */
  change: MockHandler['change']
  /** Does what the completion page does on its channel. */
  ring(sessionId: string): void
  /** Questions to the server about a session. */
  checks(): number
  /** A client of the same server and tab after a reload of the page. */
  reload(): AuthpipeClient
}

export function createConnectWorld(options: MockHandlerOptions = {}): ConnectWorld {
  const server = createMockHandler(options)
  const requests: string[] = []
  const heard: ConnectWorld['heard'] = { onSuccess: vi.fn(), onError: vi.fn(), onCancel: vi.fn() }
  const call = (url: string, init?: RequestInit): Promise<Response> => server.handler(new Request(new URL(url, 'https://app.example'), init))
  const makeClient = (): AuthpipeClient =>
    createClient({
      fetch: async (url, init) => {
        const request = `${init?.method ?? 'GET'} ${url}`
        requests.push(request)
        if (world.offline) throw new TypeError('Failed to fetch')
        if (world.refuses?.(request)) return Response.json(toProblem(createError('forbidden', 'This test refuses.')), { status: 403 })
        return call(url, init)
      },
      windows: {
        open() {
          if (world.blocked) return null
          const opened = new FakeWindow()
          world.windows.push(opened)
          return opened
        },
        post(form, target) {
          world.posted.push({ form, target })
          if (world.delivers) void world.deliver(form)
        },
        hasFocus: () => world.focused,
      },
    })
  const world: ConnectWorld = {
    client: makeClient(),
    windows: [],
    posted: [],
    requests,
    blocked: false,
    focused: false,
    offline: false,
    delivers: true,
    heard,
    listener: { current: heard },
    deliver({ action, fields }) {
      const body = new URLSearchParams()
      for (const [name, value] of fields) body.append(name, value)
      return call(action, { method: 'POST', body })
    },
    finish: server.finish,
    change: server.change,
    ring: (sessionId) => new InstantChannel(`authpipe:${sessionId}`).postMessage({ v: 1, type: 'authpipe:completion', sessionId }),
    checks: () => requests.filter((request) => request.startsWith('GET /api/authpipe/sessions/')).length,
    reload: makeClient,
  }
  return world
}
