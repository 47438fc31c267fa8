'use client'
import { useEffect, useId, useRef, type ReactNode } from 'react'
import type { AuthpipeError, Connection, ProviderSummary } from '@authpipe/core'
import type { ConnectCallbacks, ConnectPhase, ConnectVariables } from '../client/connectFlow.ts'
import { errorText, fill, reasonText, type Messages } from '../messages.ts'
import type { ProviderId } from '../providerId.ts'
import { providerName } from '../providerName.ts'
import { authpipeKeys } from '../queries.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { useConnect, type UseConnectResult } from '../useConnect.ts'
import { useConnection, type ConnectionStatusOrAbsent } from '../useConnection.ts'
import { useDisconnect } from '../useDisconnect.ts'

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
   * What a click does once connected.
   * @defaultValue `none`
   */
  readonly connectedAction?: 'none' | 'reconnect' | 'disconnect' | undefined
  /** Replaces the label to connect, or several labels. */
  readonly label?: string | ConnectLabels | undefined
  /** Called when the server's word on the connection changes, not for the first one. */
  readonly onStatusChange?: ((next: ConnectionStatusOrAbsent, previous: ConnectionStatusOrAbsent) => void) | undefined
}

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
  /** Starts over with a new window; call it in the click. */
  readonly reopen: () => void
  readonly disconnect: () => void
  /** Reads the connections again. */
  readonly refetch: () => void
  /** All that makes a `<button>` work and be accessible. */
  readonly getButtonProps: () => ConnectButtonElementProps
  /** An element that tells the state to everybody, those who only listen included. Render it always, even while it is empty. */
  readonly getStatusProps: () => { readonly id: string; readonly role: 'status'; readonly children: string }
  /** See {@link UseConnectResult.getFormProps}. */
  readonly getFormProps: UseConnectResult['getFormProps']
}

interface ConnectButtonElementProps {
  readonly type: 'button'
  readonly onClick: () => void
  readonly 'aria-busy': boolean
  readonly 'aria-disabled': boolean
  readonly 'aria-describedby': string
}

type TextKey = Exclude<keyof Messages, 'errors' | 'reasons'>

/** What the button and the text below it read in an attempt. */
const phaseTexts: Partial<Record<ConnectPhase, readonly [label: TextKey, status: TextKey]>> = {
  opening: ['connecting', 'finish'],
  waiting: ['connecting', 'finish'],
  detached: ['detached', 'finishOrRetry'],
  confirming: ['confirming', 'confirming'],
  done: ['active', 'active'],
}

const statusLabels = { absent: 'connect', revoked: 'connect', needs_reauth: 'reconnect', failed: 'reconnect', active: 'active' } as const

/** The behaviour of a connect button, without any looks. */
export function useConnectButton(options: ConnectButtonOptions): ConnectButtonState {
  const { provider, connectionId, scopes, settings, mode, returnTo, connectedAction = 'none', label, onStatusChange } = options
  const { queryClient, providers, messages } = useAuthpipe()
  const statusId = useId()
  const { data: connection = null, connectionStatus, isPending: loading, error: loadError, refetch } = useConnection({ provider, connectionId })
  const { mutate, phase, connectError: error, cancel, reopen, getFormProps } = useConnect(provider, options)
  const { mutate: disconnect } = useDisconnect()
  // Known if somebody has read the providers; a button alone does not ask for them.
  const summaries = queryClient.getQueryData<readonly ProviderSummary[]>(authpipeKeys.providers())
  const name = providers[provider]?.name ?? summaries?.find(({ id }) => id === provider)?.name ?? providerName(provider)

  const previous = useRef<ConnectionStatusOrAbsent>(undefined)
  useEffect(() => {
    if (loading) return
    if (previous.current && previous.current !== connectionStatus) onStatusChange?.(connectionStatus, previous.current)
    previous.current = connectionStatus
  })

  const own = typeof label === 'string' ? { connect: label } : { ...label }
  const texts = { ...messages, ...own, active: own.connected ?? messages.active }
  const [labelKey, statusKey] = phaseTexts[phase] ?? [statusLabels[connectionStatus]]
  const failure = error ?? loadError
  const status = statusKey ? messages[statusKey] : failure ? errorText(messages, failure) : loading ? messages.loading : connection && reasonText(messages, connection)

  const variables: ConnectVariables = { scopes, settings, mode, returnTo, connectionId: connectionStatus === 'revoked' ? undefined : connection?.id }
  const drop = (): void => {
    if (connection) disconnect({ connectionId: connection.id })
  }
  const connected = labelKey === 'active'
  const inert = loading || (connected && connectedAction === 'none')

  return {
    connectionStatus,
    phase,
    loading,
    connection,
    provider: { id: provider, name, logo: providers[provider]?.logo ?? name[0] },
    label: fill(texts[labelKey], name),
    labels: (['connect', 'reconnect', 'connecting', 'detached', 'confirming', 'active'] as const).map((key) => fill(texts[key], name)),
    error,
    loadError,
    connect: () => mutate(variables),
    cancel,
    reopen: () => reopen(variables),
    disconnect: drop,
    refetch: () => void refetch(),
    getButtonProps: () => ({
      type: 'button',
      onClick: () => {
        if (inert) return
        if (connected && connectedAction === 'disconnect') drop()
        else mutate(variables)
      },
      'aria-busy': loading || labelKey === 'connecting' || labelKey === 'confirming',
      'aria-disabled': inert,
      'aria-describedby': statusId,
    }),
    getStatusProps: () => ({ id: statusId, role: 'status', children: fill(status ?? '', name) }),
    getFormProps,
  }
}
