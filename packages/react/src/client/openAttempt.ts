import type { Connection, ConnectMode, ProviderId, ProviderScope, ProviderSettings } from '@authpipe/core'
import type { ConnectWindow, StartForm } from './connectWindow.ts'
import type { ClientCore } from './createClientCore.ts'

declare global {
  interface Navigator {
    /** Whether this is an app on an iOS home screen. */
    readonly standalone?: boolean
  }
}

/** What is connected: a provider, or one connection of it. */
export interface FlowSubject {
  readonly provider: string
  readonly connectionId?: string | undefined
  readonly kind?: Connection['kind'] | undefined
}

/** What to ask for when connecting. */
export interface ConnectVariables<P extends ProviderId = ProviderId> {
  /** Mends this connection instead of making another. */
  readonly connectionId?: string | undefined
  /** Asked for beside those that the server's registration names. */
  readonly scopes?: readonly ProviderScope<P>[] | undefined
  /** Per-account inputs such as a subdomain. */
  readonly settings?: ProviderSettings<P> | undefined
  /**
   * A window beside this page, or this page itself.
   * @defaultValue `auto`: a window, except in an app on an iOS home screen, which has no second one
   */
  readonly mode?: ConnectMode | 'auto' | undefined
  /**
   * Where redirect mode comes back to: a path of this site.
   * @defaultValue the present page
   */
  readonly returnTo?: `/${string}` | undefined
}

/** An attempt as the click leaves it. */
export interface Attempt {
  readonly sessionId: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly variables: ConnectVariables
  /** Whether it goes on in this page, as redirect mode does. */
  readonly here: boolean
  /** `null` where the browser blocked it, and where none is needed. */
  readonly window: ConnectWindow | null
}

/** Under what the attempts of a subject are found. */
export const keyOf = ({ provider, connectionId, kind }: FlowSubject): string => `${provider}:${connectionId ?? kind ?? ''}`

/** The form that starts a session; without an attempt the server makes its id. */
export function startForm({ basePath }: ClientCore, subject: FlowSubject, attempt?: Attempt, mode?: ConnectMode): StartForm {
  const { scopes = [], settings = {}, ...plain } = { ...subject, ...attempt?.variables, sessionId: attempt?.sessionId, mode }
  const fields = Object.entries(plain)
  for (const id in settings) fields.push([`settings.${id}`, settings[id]])
  for (const scope of scopes) fields.push(['scopes', scope])
  return { action: `${basePath}/sessions`, fields: fields.filter((field): field is [string, string] => !!field[1]) }
}

/**
 * Starts an attempt and opens its window, within the click: after an `await` the browser would no longer see it. While the last one
 * has a living window that is brought to the front instead, unless this is to be `another` one; there is nothing to follow then.
 */
export function openAttempt(client: ClientCore, subject: FlowSubject, variables: ConnectVariables = {}, another?: boolean): Attempt | undefined {
  const { windows, attempts } = client
  const key = keyOf(subject)
  const before = attempts.get(key)
  if (!another && (before?.here || before?.window?.closed === false)) {
    before.window?.focus()
    return
  }
  // A path begins with a slash.
  const here = (location.pathname + location.search) as `/${string}`
  const { mode, returnTo = here } = variables
  const sessionId = crypto.randomUUID()
  const name = `authpipe-${sessionId}`
  // An app on an iOS home screen has no second window.
  const leaves = mode === 'redirect' || (mode !== 'popup' && !!navigator.standalone)
  const window = leaves ? null : windows.open(name)
  const attempt: Attempt = { sessionId, startedAt: Date.now(), variables: { ...variables, returnTo }, here: leaves, window }
  attempts.set(key, attempt)
  if (window) windows.post(startForm(client, subject, attempt, 'popup'), name)
  return attempt
}
