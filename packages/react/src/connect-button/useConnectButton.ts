'use client'
import { createElement, useEffect, useId, useRef, type ButtonHTMLAttributes, type ReactNode } from 'react'
import type { AuthpipeError, Connection, ProviderSummary } from '@authpipe/core'
import type { ConnectCallbacks, ConnectPhase, ConnectVariables } from '../client/connectFlow.ts'
import { fill } from '../messages.ts'
import type { ProviderId } from '../providerId.ts'
import { providerName } from '../providerName.ts'
import { authpipeKeys } from '../queries.ts'
import type { StartFormProps } from '../startFormProps.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { useConnectFlow } from '../useConnectFlow.ts'
import { useConnection, type ConnectionStatusOrAbsent } from '../useConnection.ts'
import { buttonTexts } from './buttonTexts.ts'
import { needsForm } from './needsForm.ts'
import { useConnectNote } from './useConnectNote.ts'
import { useCredentialDialog } from './useCredentialDialog.tsx'

/** The labels that an app can replace on one button; `{provider}` stands for the provider's name. */
export interface ConnectLabels {
  readonly connect?: string
  readonly connecting?: string
  readonly connected?: string
  readonly reconnect?: string
}

/** What a connect button is told, whatever it looks like. */
export interface ConnectButtonOptions<P extends ProviderId = ProviderId> extends Omit<ConnectVariables, 'connectionId'>, ConnectCallbacks {
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
  readonly authMethod?: 'oauth2' | 'api_key' | undefined
  /**
   * What a click does once connected.
   * @defaultValue `none`
   */
  readonly connectedAction?: 'none' | 'reconnect' | 'disconnect' | undefined
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
  readonly 'aria-busy': boolean
  readonly 'aria-disabled': boolean
  readonly 'aria-describedby': string
}

/** Beside the state: what the button itself draws or passes on. */
interface ConnectButtonParts {
  /** What {@link ConnectNote} needs, once there is something to say. */
  readonly note: ReturnType<typeof useConnectNote>
  readonly dialog: ReactNode
  /** What the pill reads. */
  readonly activeText: string
  /** What is no option of ours, for the element. */
  readonly native: NativeButtonProps
}

/** What the button reads in an attempt. */
const phaseLabels: Partial<Record<ConnectPhase, (typeof labelKeys)[number]>> = {
  opening: 'connecting',
  waiting: 'connecting',
  detached: 'detached',
  confirming: 'confirming',
  done: 'active',
}
const statusLabels = { absent: 'connect', revoked: 'connect', needs_reauth: 'reconnect', failed: 'reconnect', active: 'active' } as const
const labelKeys = ['connect', 'reconnect', 'connecting', 'detached', 'confirming', 'active'] as const

/** The behaviour of a connect button, without any looks. */
export function useConnectButton(options: ConnectButtonOptions & NativeButtonProps): readonly [ConnectButtonState, ConnectButtonParts] {
  const { provider, connectionId, kind, authMethod, scopes, settings, mode, returnTo, connectedAction = 'none', label, onStatusChange, ...rest } = options
  const { onSuccess, onError, onCancel, ...native } = rest
  const { client, queryClient, providers, messages } = useAuthpipe()
  const statusId = useId()
  const { data: connection = null, connectionStatus, isPending: loading, error: loadError, refetch } = useConnection({ provider, connectionId, kind: kind ?? 'user' })
  const { flow, state, mutation, start } = useConnectFlow(provider, options)
  // Known if somebody has read the providers; a button alone does not ask for them.
  const summaries = queryClient.getQueryData<readonly ProviderSummary[]>(authpipeKeys.providers())
  const summary = summaries?.find(({ id }) => id === provider)
  const name = providers[provider]?.name ?? summary?.name ?? providerName(provider)

  const previous = useRef<ConnectionStatusOrAbsent>(undefined)
  useEffect(() => {
    if (loading) return
    if (previous.current && previous.current !== connectionStatus) onStatusChange?.(connectionStatus, previous.current)
    previous.current = connectionStatus
  })

  // A disconnected one is not mended: what is connected next has an id of its own.
  const mended = connectionStatus === 'revoked' ? null : connection
  const signIn = (typed = settings, another?: boolean, adds?: boolean): void => {
    const variables: ConnectVariables = { scopes, settings: typed, mode, returnTo, connectionId: adds ? undefined : mended?.id }
    if (start(variables, another)) mutation.mutate(variables)
  }
  const { openDialog, dialogError, dialog } = useCredentialDialog({
    provider,
    connectionId: mended?.id,
    settings,
    authMethod,
    onSuccess,
    onError,
    onCancel,
    onSignIn: signIn,
  })
  const connect = (): void => {
    const method = mended ? (mended.credentialType === 'oauth_token' ? 'oauth2' : 'api_key') : authMethod
    if (kind !== 'installation' && needsForm(provider, summary, method, { ...mended?.settings, ...settings })) openDialog()
    else signIn()
  }
  const disconnect = (): void => {
    // If it fails, the connection is still shown, which says so.
    if (connection) import('./disconnectConnection.ts').then((it) => it.disconnectConnection(client, queryClient, connection.id)).catch(() => {})
  }

  const { phase, error = dialogError } = state
  const attention = connectionStatus === 'needs_reauth' || connectionStatus === 'failed'
  const texts = { ...buttonTexts, ...messages, errors: { ...buttonTexts.errors, ...messages.errors } }
  const own = typeof label === 'string' ? { connect: label } : { ...label }
  const labels = { ...texts, ...own, active: own.connected ?? texts.active }
  const labelKey = phaseLabels[phase] ?? statusLabels[connectionStatus]

  const connected = labelKey === 'active'
  const inert = loading || (connected && connectedAction === 'none')

  const shown = {
    connectionStatus,
    phase,
    loading,
    connection,
    provider: { id: provider, name, logo: providers[provider]?.logo ?? name[0] },
    error,
    loadError,
  }
  const note = useConnectNote(phase !== 'idle' || attention || !!error || !!loadError)
  const status =
    note ? createElement(note.NoteText, shown)
    : note === null ? texts.errors.network_error
    : loading && texts.loading

  return [
    {
      ...shown,
      label: fill(labels[labelKey], name),
      labels: labelKeys.map((key) => fill(labels[key], name)),
      connect,
      cancel: flow.cancel,
      connectAnother: () => signIn(settings, true, true),
      reopen: () => signIn(undefined, true),
      disconnect,
      refetch: () => void refetch(),
      getButtonProps: () => ({
        type: 'button',
        onClick() {
          if (inert) return
          if (connected && connectedAction === 'disconnect') disconnect()
          else connect()
        },
        'aria-busy': loading || labelKey === 'connecting' || labelKey === 'confirming',
        'aria-disabled': inert,
        'aria-describedby': statusId,
      }),
      getStatusProps: () => ({ id: statusId, role: 'status', children: status }),
      getFormProps: () => note?.startFormProps(flow) ?? { children: null },
    },
    { note, dialog, native, activeText: texts.active },
  ]
}
