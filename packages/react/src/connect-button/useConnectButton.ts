'use client'
import { useEffect, useId, useRef, type ReactNode } from 'react'
import type { AuthpipeError, Connection } from '@authpipe/core'
import type { ConnectCallbacks, ConnectPhase, ConnectVariables } from '../client/connectFlow.ts'
import { errorText, fill, reasonText } from '../messages.ts'
import type { ProviderId } from '../providerId.ts'
import { providerName } from '../providerName.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { useConnect, type UseConnectResult } from '../useConnect.ts'
import { useConnection, type ConnectionStatusOrAbsent } from '../useConnection.ts'
import { useDisconnect } from '../useDisconnect.ts'
import { useProviders } from '../useProviders.ts'

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
  readonly onStatusChange?: ((next: ConnectionStatusOrAbsent, previous: ConnectionStatusOrAbsent) => void) | undefined
}

/** All that a connect button shows and does. */
export interface ConnectButtonState {
  /** The server's word on the connection. */
  readonly connectionStatus: ConnectionStatusOrAbsent
  /** Where the attempt of this moment stands. */
  readonly phase: ConnectPhase
  /** Whether the connections are still being read for the first time. */
  readonly loading: boolean
  readonly connection: Connection | null
  readonly provider: { readonly id: string; readonly name: string; readonly logo: ReactNode }
  /** Why the last attempt gave no connection: a fault where the phase is `error`, else a cancel or a denial. */
  readonly error: AuthpipeError | undefined
  /** Why the connections could not be read. */
  readonly loadError: AuthpipeError | undefined
  /** Connects, or mends the connection there is; call it in the click. */
  readonly connect: () => void
  readonly cancel: () => void
  /** Starts over with a new window; call it in the click. */
  readonly reopen: () => void
  readonly disconnect: () => void
  /** Reads the connections again. */
  readonly refetch: () => void
  /** All that makes a `<button>` work and be accessible. */
  readonly getButtonProps: () => ButtonProps
  /** An element that tells the state to everybody, those who only listen included. Render it always, even while it is empty. */
  readonly getStatusProps: () => { readonly id: string; readonly role: 'status'; readonly children: string }
  readonly getFormProps: UseConnectResult['getFormProps']
}

interface ButtonProps {
  readonly type: 'button'
  readonly onClick: () => void
  readonly 'aria-busy': boolean
  readonly 'aria-disabled': boolean
  readonly 'aria-describedby': string
}

const busyPhases: readonly ConnectPhase[] = ['opening', 'waiting', 'confirming']

/** The behaviour of a connect button without any looks. */
export function useConnectButton({
  provider,
  connectionId,
  scopes,
  settings,
  mode,
  returnTo,
  connectedAction = 'none',
  onStatusChange,
  ...callbacks
}: ConnectButtonOptions): ConnectButtonState {
  const { providers, messages } = useAuthpipe()
  const statusId = useId()
  const { data: connection = null, connectionStatus, isPending: loading, error: loadError, refetch } = useConnection({ provider, connectionId })
  const { data: summaries } = useProviders()
  const { mutate, phase, connectError, cancel, reopen, getFormProps } = useConnect(provider, { connectionId, ...callbacks })
  const { mutate: disconnect } = useDisconnect()
  const display = providers[provider]
  const name = display?.name ?? summaries?.find(({ id }) => id === provider)?.name ?? providerName(provider)

  const previous = useRef<ConnectionStatusOrAbsent>(undefined)
  useEffect(() => {
    if (loading) return
    if (previous.current && previous.current !== connectionStatus) onStatusChange?.(connectionStatus, previous.current)
    previous.current = connectionStatus
  })

  const mended = connectionStatus === 'revoked' ? undefined : connection?.id
  const variables: ConnectVariables = { connectionId: mended, scopes, settings, mode, returnTo }
  const drop = (): void => {
    if (connection) disconnect({ connectionId: connection.id })
  }
  const settled = connectionStatus === 'active' && (phase === 'idle' || phase === 'done')
  const failure = connectError ?? loadError
  const status =
    phase === 'detached'
      ? messages.finishOrRetry
      : phase === 'opening' || phase === 'waiting'
        ? messages.finish
        : phase === 'confirming'
          ? messages.confirming
          : phase === 'done'
            ? messages.connected
            : failure
              ? errorText(messages, failure)
              : loading
                ? messages.loading
                : connection && reasonText(messages, connection)
  const inert = loading || (settled && connectedAction === 'none')

  return {
    connectionStatus,
    phase,
    loading,
    connection,
    provider: { id: provider, name, logo: display?.logo ?? name.charAt(0) },
    error: connectError,
    loadError: loadError ?? undefined,
    connect: () => mutate(variables),
    cancel,
    reopen: () => reopen(variables),
    disconnect: drop,
    refetch: () => void refetch(),
    getButtonProps: () => ({
      type: 'button',
      onClick: () => {
        if (inert) return
        if (settled && connectedAction === 'disconnect') drop()
        else mutate(variables)
      },
      'aria-busy': loading || busyPhases.includes(phase),
      'aria-disabled': inert,
      'aria-describedby': statusId,
    }),
    getStatusProps: () => ({ id: statusId, role: 'status', children: fill(status ?? '', name) }),
    getFormProps,
  }
}
