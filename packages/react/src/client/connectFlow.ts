// Loaded once a button is mounted, or with `useConnect`: it follows what `openAttempt` has begun.
import type { AuthpipeError, Connection } from '@authpipe/core'
import type { StartForm } from './connectWindow.ts'
import type { ClientCore } from './createClientCore.ts'
import { createSignal } from './createSignal.ts'
import type { FollowedAttempt } from './followAttempt.ts'
import { idleState } from './idleState.ts'
import { loadingError } from './loadingError.ts'
import { mayResume } from './mayResume.ts'
import { keyOf, openAttempt, startForm, type Attempt, type ConnectVariables, type FlowSubject } from './openAttempt.ts'

/** Where the present attempt to connect stands. It is not the status of the connection. */
export type ConnectPhase = 'idle' | 'opening' | 'waiting' | 'detached' | 'confirming' | 'done' | 'blocked' | 'error'

/** Why an attempt ended without a connection and without a fault. */
export type CancelReason = 'denied' | 'user' | 'presumed_closed' | 'superseded'

/** What everybody sees of a flow. */
export interface ConnectState {
  readonly phase: ConnectPhase
  /** Names the attempt; made by this page. */
  readonly sessionId?: string
  /** Why the last attempt gave no connection. A cancel or a denial leaves the phase at `idle`, a fault sets it to `error`. */
  readonly error?: AuthpipeError
}

/** Called with the end of an attempt, each at most once; a success may still follow a cancel. */
export interface ConnectCallbacks {
  /** Called with the connection, once per attempt; also after a reload, and after a window that seemed closed. */
  readonly onSuccess?: ((connection: Connection, info: { readonly reconnected: boolean }) => void) | undefined
  /** Called when an attempt has failed, which nobody wanted. */
  readonly onError?: ((error: AuthpipeError) => void) | undefined
  /** Called when somebody decided not to connect, here or at the provider. */
  readonly onCancel?: ((info: { readonly reason: CancelReason }) => void) | undefined
}

/** Who hears of the end of an attempt: whatever stands in `current` by then. */
export interface ConnectListener {
  readonly current: ConnectCallbacks
}

/** The attempts to connect one provider (or to reconnect one connection), for all who show them on this page. */
export interface ConnectFlow {
  getState(): ConnectState
  subscribe(onChange: () => void): () => void
  /** Goes on with an attempt of this tab from before a reload. */
  resume(): void
  /** Registers who hears of outcomes, and resumes. Returns the end of it. */
  attach(listener: ConnectListener): () => void
  /**
   * Starts an attempt and opens its window at once, so call it inside the click. While an attempt has a living window that
   * is brought to the front instead, unless this is to be `another` one. Returns the session id.
   */
  start(variables?: ConnectVariables, listener?: ConnectListener, another?: boolean): string
  /** Follows an attempt that was opened without this flow, in the place of the one before. */
  follow(attempt: Attempt, listener?: ConnectListener): void
  /** The connection that the present attempt ends with; rejects with the {@link AuthpipeError} that ends it otherwise. */
  result(): Promise<Connection>
  /** Ends the attempt here and at the server. If the user had finished just before, it still succeeds. */
  cancel(): void
  focusWindow(): void
  /** The form that starts the present attempt from a real submit button; never blocked. */
  getForm(): StartForm
  /** Says that the user has submitted {@link getForm} into a new tab. */
  submitted(): void
}

/** What a flow has in common with the attempts that it follows. */
export interface AttemptHost {
  readonly client: ClientCore
  readonly subject: FlowSubject
  /** Who hears of outcomes, in the order in which they came. */
  readonly listeners: ReadonlySet<ConnectListener>
  /** The one that the last click has started; none after a reload. */
  readonly attempt: Attempt | undefined
  show(state: ConnectState): void
}

const flows = new WeakMap<ClientCore['attempts'], Map<string, ConnectFlow>>()

/** The flow that all buttons of one provider and kind, or of one connection, have in common. */
export function connectFlowOf(client: ClientCore, subject: FlowSubject): ConnectFlow {
  const known = flows.get(client.attempts) ?? new Map<string, ConnectFlow>()
  flows.set(client.attempts, known)
  const flow = known.get(keyOf(subject)) ?? createConnectFlow(client, subject)
  known.set(keyOf(subject), flow)
  return flow
}

/** Makes the state machine behind a connect button. It knows no React, and lives longer than the components that show it. */
function createConnectFlow(client: ClientCore, subject: FlowSubject): ConnectFlow {
  const key = keyOf(subject)
  const changes = createSignal<void>()
  const listeners = new Set<ConnectListener>()
  let state = idleState
  let attempt: Attempt | undefined
  let followed: Promise<FollowedAttempt> | undefined

  const show = (next: ConnectState): void => {
    state = next
    // What has ended is in nobody's way: the next click opens a window of its own.
    if (!next.sessionId) client.attempts.delete(key)
    changes.tell()
  }
  const host: AttemptHost = {
    client,
    subject,
    listeners,
    get attempt() {
      return attempt
    },
    show,
  }

  /** Loads what an attempt needs from here on. */
  const load = (listener?: ConnectListener): Promise<FollowedAttempt> => {
    const started = attempt
    followed = import('./followAttempt.ts').then(
      ({ followAttempt }) => followAttempt(host, listener, started),
      (cause: unknown) => {
        const error = loadingError(cause)
        if (attempt === started) show({ phase: 'error', error })
        listener?.current.onError?.(error)
        throw error
      },
    )
    // Whoever does not ask for the result looks at the state.
    followed.catch(() => {})
    return followed
  }

  const tell = (news: (attempt: FollowedAttempt) => void): void => void followed?.then(news, () => {})

  const flow: ConnectFlow = {
    getState: () => state,
    subscribe: changes.add,
    resume() {
      if (!followed && mayResume(key)) void load()
    },
    attach(listener) {
      listeners.add(listener)
      flow.resume()
      return () => listeners.delete(listener)
    },
    start(variables, listener, another) {
      const opened = openAttempt(client, subject, variables, another)
      if (opened) flow.follow(opened, listener)
      return client.attempts.get(key)?.sessionId ?? ''
    },
    follow(opened, listener) {
      tell(({ giveUp }) => giveUp('superseded'))
      attempt = opened
      void load(listener)
      show({ phase: 'opening', sessionId: opened.sessionId })
    },
    result: () => (followed ?? load()).then(({ result }) => result),
    cancel: () => tell(({ giveUp }) => giveUp('user')),
    focusWindow: () => attempt?.window?.focus(),
    getForm: () => startForm(client, subject, attempt),
    submitted: () => tell(({ submitted }) => submitted()),
  }
  return flow
}
