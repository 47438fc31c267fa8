'use client'
import { createElement, useEffect, useId, useMemo, useRef, useState, type ButtonHTMLAttributes, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { AuthpipeError, Connection, ProviderAuthKind, ProviderId, ProviderSummary } from '@authpipe/core'
import { providersKey } from '../listKeys.ts'
import type { ConnectCallbacks, ConnectPhase } from '../client/connectFlow.ts'
import { idleState } from '../client/idleState.ts'
import { loadingError } from '../client/loadingError.ts'
import { keyOf, openAttempt, type ConnectVariables } from '../client/openAttempt.ts'
import { connectionQuery } from '../connectionQuery.ts'
import { fill } from '../messages.ts'
import { providerName } from '../providerName.ts'
import type { StartFormProps } from '../startFormProps.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import type { ConnectionStatusOrAbsent } from '../useConnection.ts'
import { buttonTexts } from './buttonTexts.ts'
import type { ButtonState, MountedButton, NoteModule } from './connectButtonEngine.tsx'
import { needsForm } from './needsForm.ts'

/** The labels that an app can replace on one button; `{provider}` stands for the provider's name. */
export interface ConnectLabels {
  readonly connect?: string
  readonly connecting?: string
  readonly connected?: string
  readonly reconnect?: string
}

/** What a connect button is told, whatever it looks like. */
export interface ConnectButtonOptions<P extends ProviderId = ProviderId> extends Omit<ConnectVariables<P>, 'connectionId'>, ConnectCallbacks {
  /** Id of a provider that the server has registered, such as `livechat`. */
  readonly provider: P
  /** Act on exactly this connection, where there are several accounts. */
  readonly connectionId?: string | undefined
  /**
   * An account of the user's own, or our app in the provider's workspace, for which there is `InstallButton`.
   * @defaultValue `user`
   */
  readonly kind?: Connection['kind'] | undefined
  /**
   * The way to connect: a sign-in in the provider's window, or an API key in a dialog of this page.
   *
   * A window must open in the click itself, so the button decides by what it knows then, without a request: a connection is
   * mended the way it was made; else by this; else by the provider's summary where the page has read the providers
   * (`useProviders`, `initialProviders`); else Freshdesk, Freshservice and Crisp are asked for a key, and all others sign in.
   * So it is needed for a key-only provider of your own on a page that reads no providers, and to take one of two ways.
   *
   * @defaultValue the one way there is; of two, the user chooses
   */
  readonly authMethod?: Extract<ProviderAuthKind<P>, 'oauth2' | 'api_key'> | undefined
  /**
   * What a click does once connected: `menu` shows what can be done, and asks before it disconnects; `disconnect` asks nobody.
   * @defaultValue `none`; `menu` with `allowMultiple`
   */
  readonly connectedAction?: 'none' | 'menu' | 'reconnect' | 'disconnect' | undefined
  /**
   * Whether the menu offers to connect another account beside the one there is.
   * @defaultValue `false`
   */
  readonly allowMultiple?: boolean | undefined
  /** Replaces the label to connect, or several labels. */
  readonly label?: string | ConnectLabels | undefined
  /** Called when the server's word on the connection changes, not for the first one. */
  readonly onStatusChange?: ((next: ConnectionStatusOrAbsent, previous: ConnectionStatusOrAbsent) => void) | undefined
}

/** Attributes of the element that are no options of ours. */
export type NativeButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'style' | keyof ConnectButtonOptions>

/** All that a connect button shows and does. */
export interface ConnectButtonState {
  /** The server's word on the connection. */
  readonly connectionStatus: ConnectionStatusOrAbsent
  /** Where the attempt of this moment stands. */
  readonly phase: ConnectPhase
  /** Whether the connections are being read for the first time. */
  readonly loading: boolean
  /** Whether there is no network; nothing can be begun then. */
  readonly offline: boolean
  readonly connection: Connection | null
  readonly provider: { readonly id: string; readonly name: string; readonly logo: ReactNode }
  /** What the button reads in this state. */
  readonly label: string
  /** Every label that the button may take on, for a width that holds them all. */
  readonly labels: readonly string[]
  /** Why the last attempt gave no connection: a fault where the phase is `error`, else a cancel or a denial. */
  readonly error: AuthpipeError | undefined
  /** Why the connections could not be read. */
  readonly loadError: AuthpipeError | null
  /** Connects, or mends the connection there is; call it in the click. */
  readonly connect: () => void
  readonly cancel: () => void
  /** Connects another account beside the one there is; call it in the click. */
  readonly connectAnother: () => void
  /** Starts over with a new window; call it in the click. */
  readonly reopen: () => void
  readonly disconnect: () => void
  /** Reads the connections again. */
  readonly refetch: () => void
  /** All that makes a `<button>` work and be accessible. */
  readonly getButtonProps: () => ConnectButtonElementProps
  /** An element that tells the state to everybody, those who only listen included. Render it always, even while it is empty. */
  readonly getStatusProps: () => { readonly id: string; readonly role: 'status'; readonly children: ReactNode }
  /** See {@link UseConnectResult.getFormProps}; without fields for the moment that its code takes to load. */
  readonly getFormProps: () => StartFormProps
}

interface ConnectButtonElementProps {
  readonly type: 'button'
  readonly onClick: () => void
  /** Whether the menu is shown, where there is one. */
  readonly 'aria-expanded': boolean | undefined
  readonly 'aria-busy': boolean
  readonly 'aria-disabled': boolean
  readonly 'aria-describedby': string
}

/** Beside the state: what the button itself draws or passes on. */
interface ConnectButtonParts {
  /** What {@link ConnectNote} needs, once there is something to say. */
  readonly note: NoteModule | null | undefined
  readonly dialog: ReactNode
  /** What the pill reads. */
  readonly activeText: string
  /** What is no option of ours, for the element. */
  readonly native: NativeButtonProps
}

/** What the button reads in an attempt, and else by the status of the connection. */
const labelKeyOf: Partial<Record<ConnectPhase | ConnectionStatusOrAbsent, (typeof labelKeys)[number]>> = {
  opening: 'connecting',
  waiting: 'connecting',
  detached: 'detached',
  confirming: 'confirming',
  done: 'active',
  needs_reauth: 'reconnect',
  failed: 'reconnect',
  active: 'active',
}
const labelKeys = ['connect', 'reconnect', 'connecting', 'detached', 'confirming', 'active'] as const

type Engine = typeof import('./connectButtonEngine.tsx')
const loadEngine = (): Promise<Engine> => import('./connectButtonEngine.tsx')

/** The behaviour of a connect button, without any looks. */
export function useConnectButton(options: ConnectButtonOptions & NativeButtonProps): readonly [ConnectButtonState, ConnectButtonParts] {
  const { provider, connectionId, kind, authMethod, scopes, settings, mode, returnTo, allowMultiple, connectedAction = allowMultiple ? 'menu' : 'none', label, ...rest } = options
  const { onSuccess, onError, onCancel, onStatusChange, ...native } = rest
  const { client, queryClient, providers, messages, mode: usualMode, refetchIntervalMs } = useAuthpipe()
  const statusId = useId()
  const query = useQuery<readonly Connection[], AuthpipeError, Connection | null>(
    { ...connectionQuery(client, { provider, connectionId, kind: kind ?? 'user' }), refetchInterval: refetchIntervalMs },
    queryClient,
  )
  const { data: connection = null, isPending: loading, error: loadError } = query
  const connectionStatus: ConnectionStatusOrAbsent = connection?.status ?? 'absent'
  // Known if somebody has read the providers; a button alone does not ask for them.
  const summaries = queryClient.getQueryData<readonly ProviderSummary[]>(providersKey)
  const summary = summaries?.find(({ id }) => id === provider)
  const name = providers[provider]?.name ?? summary?.name ?? providerName(provider)

  const own = useRef(options)
  useEffect(() => {
    own.current = options
  })

  const [state, setState] = useState<ButtonState>(idleState)
  const { phase, error, offline = false, note, dialog } = state
  const button = useMemo(
    (): MountedButton => ({ client, queryClient, subject: { provider, connectionId, kind }, listener: own, setState }),
    [client, queryClient, provider, connectionId, kind],
  )
  const { subject } = button
  useEffect(() => {
    let isMounted = true
    let detach: (() => void) | undefined
    // Where it does not come nothing is lost before a click, which tries again.
    loadEngine().then((it) => isMounted && (detach = it.attachButton(button)), () => {})
    return () => {
      isMounted = false
      detach?.()
    }
  }, [button])

  const fail = (cause: unknown): void => {
    const error = loadingError(cause)
    client.attempts.delete(keyOf(subject))
    setState({ phase: 'error', error, note: note ?? null })
    onError?.(error)
  }
  const withEngine = (run: (engine: Engine) => void | Promise<void>): void => void loadEngine().then(run).catch(fail)

  // A disconnected one is not mended: what is connected next has an id of its own.
  const mended = connectionStatus === 'revoked' ? null : connection
  const signIn = (kept: Connection | null, typed = settings, another?: boolean): void => {
    const variables = { scopes, settings: typed, mode: mode ?? usualMode, returnTo, connectionId: kept?.id }
    const attempt = openAttempt(client, subject, variables, another)
    if (!attempt) return
    setState({ phase: 'opening', sessionId: attempt.sessionId, note })
    withEngine((it) => it.followClick(button, attempt))
  }
  const connect = (kept = mended, another?: boolean): void => {
    const method = mended ? (mended.credentialType === 'oauth_token' ? 'oauth2' : 'api_key') : authMethod
    if (kind !== 'installation' && needsForm(provider, summary, method, { ...kept?.settings, ...settings }))
      withEngine((it) => it.openDialog(button, { provider, connectionId: kept?.id, settings, authMethod, onSignIn: (typed) => signIn(kept, typed, another) }))
    else signIn(kept, settings, another)
  }

  const given = typeof label === 'string' ? { connect: label } : label
  const labels = { ...buttonTexts, ...messages, ...given }
  const texts = { ...labels, active: given?.connected ?? labels.active }
  const labelKey = labelKeyOf[phase] ?? labelKeyOf[connectionStatus] ?? 'connect'

  const connected = labelKey === 'active'
  const inert = loading || offline || (connected && connectedAction === 'none')

  const shown = {
    connectionStatus,
    phase,
    loading,
    offline,
    connection,
    provider: { id: provider, name, logo: providers[provider]?.logo ?? name[0] },
    error,
    loadError,
  }
  const status =
    note ? createElement(note.NoteText, shown)
    : note === null ? offline ? labels.offline : (messages.errors?.network_error ?? buttonTexts.errors.network_error)
    : loading && labels.loading

  return [
    {
      ...shown,
      label: fill(texts[labelKey], name),
      labels: labelKeys.map((key) => fill(texts[key], name)),
      connect: () => connect(),
      cancel: () => withEngine((it) => it.cancelAttempt(button)),
      connectAnother: () => connect(null, true),
      reopen: () => signIn(mended, settings, true),
      disconnect: () => withEngine((it) => it.disconnectConnection(button, connection)),
      refetch: () => void query.refetch(),
      getButtonProps: () => ({
        type: 'button',
        onClick() {
          if (inert) return
          if (connected && connectedAction !== 'reconnect') withEngine((it) => it.manageConnection(button, connection, connect))
          else connect()
        },
        'aria-expanded': connected && connectedAction === 'menu' ? !!dialog : undefined,
        'aria-busy': loading || labelKey === 'connecting' || labelKey === 'confirming',
        'aria-disabled': inert,
        'aria-describedby': statusId,
      }),
      getStatusProps: () => ({ id: statusId, role: 'status', children: status }),
      getFormProps: () => note?.startFormProps(client, subject) ?? { children: null },
    },
    { note, dialog, native, activeText: labels.active },
  ]
}
