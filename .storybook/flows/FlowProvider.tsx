import { useState, type ReactNode, type SyntheticEvent } from 'react'
import { QueryClient } from '@tanstack/react-query'
import { AuthpipeProvider, createClient, type AuthpipeClient } from '../../packages/react/src/index.ts'
import { pageWindows, type ConnectWindow } from '../../packages/react/src/client/connectWindow.ts'
import { createMockHandler, type MockHandlerOptions } from '../../packages/react/src/testing/index.ts'
import { exampleLogos } from '../exampleLogos.tsx'

/** What the consent page says to the server in this page's memory. */
type ConsentNews = { readonly sessionId: string } & ({ readonly outcome: 'approve' | 'deny' } | { readonly severed: true })

const isConsentNews = (value: unknown): value is ConsentNews => typeof value === 'object' && value !== null && 'sessionId' in value

export interface FlowOptions extends Omit<MockHandlerOptions, 'basePath'> {
  /** Whether the browser lets a window through. */
  readonly blocked?: boolean
  readonly children?: ReactNode
}

/** A page of Storybook's own static files, wherever it is hosted. */
const pageUrl = (path: string): URL => new URL(path, location.pathname.endsWith('iframe.html') ? location.href : location.origin)

const consentUrl = (fields: ReadonlyMap<string, string>): string => {
  const url = pageUrl('provider/consent.html')
  for (const name of ['sessionId', 'provider']) url.searchParams.set(name, fields.get(name) ?? '')
  return url.href
}

/**
 * The real client with real windows. Only two things are not as in production: the server is in this page's memory, and since no server
 * takes the form that starts an attempt, the window is led to the consent page directly.
 */
function createFlowClient({ blocked, ...options }: Omit<FlowOptions, 'children'>): { readonly client: AuthpipeClient; readonly openTab: (form: FormData) => void } {
  const { handler, finish } = createMockHandler(options)
  const severed = new Set<string>()
  new BroadcastChannel('authpipe-flow').onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!isConsentNews(data)) return
    if ('outcome' in data) finish(data.sessionId, data.outcome)
    else severed.add(data.sessionId)
  }
  const start = async (fields: ReadonlyMap<string, string>): Promise<void> => {
    await handler(new Request(new URL('/api/authpipe/sessions', location.href), { method: 'POST', body: new URLSearchParams([...fields]) }))
  }
  const client = createClient({
    fetch: (url, init) => handler(new Request(new URL(url, location.href), init)),
    windows: {
      ...pageWindows,
      open(name) {
        const opened: ConnectWindow | null = blocked ? null : pageWindows.open(name)
        return (
          opened && {
            // What a provider's Cross-Origin-Opener-Policy makes of a handle: it reads as closed while the window lives on.
            get closed() {
              return opened.closed || severed.has(name.replace('authpipe-', ''))
            },
            focus: () => opened.focus(),
            close: () => opened.close(),
          }
        )
      },
      post({ fields }, target) {
        const form = new Map(fields)
        void start(form)
        window.open(consentUrl(form), target)
      },
    },
  })
  return {
    client,
    openTab(form) {
      const fields = new Map([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])))
      void start(fields)
      window.open(consentUrl(fields), fields.get('mode') === 'redirect' ? '_self' : '_blank', 'noopener')
    },
  }
}

/** Everything below it connects through real windows to a provider that is played by Storybook. */
export function FlowProvider({ children, ...options }: FlowOptions): ReactNode {
  const [{ client, openTab, queryClient }] = useState(() => ({ ...createFlowClient(options), queryClient: new QueryClient() }))
  const submit = (event: SyntheticEvent): void => {
    if (!(event.target instanceof HTMLFormElement) || !event.target.action.endsWith('/sessions')) return
    event.preventDefault()
    openTab(new FormData(event.target))
  }
  return (
    <AuthpipeProvider client={client} queryClient={queryClient} providers={exampleLogos} app={{ name: 'Northwind Desk' }}>
      <div style={{ display: 'contents' }} onSubmit={submit}>
        {children}
      </div>
    </AuthpipeProvider>
  )
}
