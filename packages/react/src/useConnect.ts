'use client'
import { useMutation, type MutateOptions, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import type { AuthpipeError, Connection, ProviderId } from '@authpipe/core'
import type { ConnectCallbacks, ConnectPhase } from './client/connectFlow.ts'
import type { ConnectVariables } from './client/openAttempt.ts'
import { connectMutationOptions } from './connectMutationOptions.ts'
import { startFormProps, type StartFormProps } from './startFormProps.ts'
import { useAuthpipe } from './useAuthpipe.ts'
import { useConnectFlow } from './useConnectFlow.ts'

export interface UseConnectOptions<P extends ProviderId = ProviderId> extends ConnectCallbacks {
  /** Connect exactly this connection again; its attempts are told apart from others of the provider. */
  readonly connectionId?: string | undefined
  /**
   * Connect an account of the user's own, or install our app at the provider.
   * @defaultValue the former, where the provider has it
   */
  readonly kind?: Connection['kind'] | undefined
  /** Options of TanStack Query. Prefer the callbacks beside it: they also hear of a success after a reload or a presumed close. */
  readonly mutation?: Omit<UseMutationOptions<Connection, AuthpipeError, ConnectVariables<P> | void>, 'mutationFn' | 'mutationKey'>
}

type Options = MutateOptions<Connection, AuthpipeError, ConnectVariables | void>

export type UseConnectResult<P extends ProviderId = ProviderId> = UseMutationResult<Connection, AuthpipeError, ConnectVariables<P> | void> & {
  /** Where the present attempt stands, whichever component started it. */
  readonly phase: ConnectPhase
  readonly sessionId: string | undefined
  /** Why the last attempt gave no connection, whichever component started it. */
  readonly connectError: AuthpipeError | undefined
  /** Ends the attempt here and at the server. */
  readonly cancel: () => void
  readonly focusWindow: () => void
  /** Gives the attempt up and starts another; call it in the click. */
  readonly reopen: (variables?: ConnectVariables<P>) => void
  /**
   * Props of a form that starts the present attempt from a real submit button, for when the window was blocked. Keep its
   * `children`, the hidden fields, beside your button.
   */
  readonly getFormProps: () => StartFormProps
}

/**
 * Connects a provider: `mutate` opens the window at once, so call it in the click. The result is that of the TanStack mutation
 * together with the phase of the attempt; a page that is reloaded meanwhile goes on where it was.
 *
 * Rejects with `connect_cancelled`, `authorization_denied`, `connect_timed_out`, `network_error` and the codes of the server.
 *
 * @example
 * const { mutate: connect, phase } = useConnect('livechat', { onSuccess: (connection) => console.log(connection.account.label) })
 */
export function useConnect<P extends ProviderId>(provider: P, options: UseConnectOptions<P> = {}): UseConnectResult<P> {
  const { connectionId, kind } = options
  const { client, queryClient } = useAuthpipe()
  const { flow, state, start } = useConnectFlow({ ...options, provider })
  const mutation = useMutation({ ...connectMutationOptions(provider, flow), ...options.mutation }, queryClient)

  // The window first: the mutation's own `mutate` would lose the click by waiting for `onMutate`.
  const mutate = (variables: ConnectVariables | void, callbacks?: Options, another?: boolean): void => {
    if (start(variables, another)) mutation.mutate(variables, callbacks)
  }

  return {
    ...mutation,
    mutate: (variables, callbacks) => mutate(variables, callbacks),
    mutateAsync: (variables: ConnectVariables | void, callbacks?: Options) =>
      start(variables) ? mutation.mutateAsync(variables, callbacks) : flow.result(),
    phase: state.phase,
    sessionId: state.sessionId,
    connectError: state.error,
    cancel: flow.cancel,
    focusWindow: flow.focusWindow,
    reopen: (variables = mutation.variables) => mutate(variables, undefined, true),
    getFormProps: () => startFormProps(client, { provider, connectionId, kind }),
  }
}
