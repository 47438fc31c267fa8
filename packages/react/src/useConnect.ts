'use client'
import { createElement, useEffect, useRef, useSyncExternalStore, type FormHTMLAttributes, type ReactNode } from 'react'
import { useMutation, type MutateOptions, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import type { AuthpipeError, Connection } from '@authpipe/core'
import { idleState, type ConnectCallbacks, type ConnectPhase, type ConnectState, type ConnectVariables } from './client/connectFlow.ts'
import type { ProviderId } from './providerId.ts'
import { authpipeKeys } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'

type ConnectMutation = UseMutationResult<Connection, AuthpipeError, ConnectVariables | void>

export interface UseConnectOptions extends ConnectCallbacks {
  /** Connect exactly this connection again; its attempts are told apart from others of the provider. */
  readonly connectionId?: string | undefined
  /** Options of TanStack Query. Prefer the callbacks beside it: they also hear of a success after a reload or a presumed close. */
  readonly mutation?: Omit<UseMutationOptions<Connection, AuthpipeError, ConnectVariables | void>, 'mutationFn' | 'mutationKey'>
}

export type UseConnectResult = ConnectMutation & {
  /** Where the present attempt stands, whichever component started it. */
  readonly phase: ConnectPhase
  readonly sessionId: string | undefined
  /** Why the last attempt gave no connection, whichever component started it. */
  readonly connectError: AuthpipeError | undefined
  /** Ends the attempt here and at the server. */
  readonly cancel: () => void
  readonly focusWindow: () => void
  /** Gives the attempt up and starts another; call it in the click. */
  readonly reopen: (variables?: ConnectVariables) => void
  /**
   * Props of a form that starts the present attempt from a real submit button, for when the window was blocked. Keep its
   * `children`, the hidden fields, beside your button.
   */
  readonly getFormProps: () => FormHTMLAttributes<HTMLFormElement> & { readonly children: ReactNode }
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
export function useConnect(provider: ProviderId, options: UseConnectOptions = {}): UseConnectResult {
  const { client, queryClient, mode } = useAuthpipe()
  const flow = client.connectFlow(provider, options.connectionId)
  const state: ConnectState = useSyncExternalStore(flow.subscribe, flow.getState, () => idleState)

  const own = useRef<ConnectCallbacks>(options)
  useEffect(() => {
    own.current = options
  })
  useEffect(() => flow.attach(own), [flow])

  const mutation: ConnectMutation = useMutation(
    // Offline an attempt is shown, not paused: the window is open already.
    { retry: 0, networkMode: 'always', ...options.mutation, mutationKey: authpipeKeys.connect(provider), mutationFn: () => flow.result() },
    queryClient,
  )
  type Options = MutateOptions<Connection, AuthpipeError, ConnectVariables | void>

  /** Whether this call started an attempt, instead of joining the one under way. */
  const start = (variables: ConnectVariables | void): boolean =>
    flow.getState().sessionId !== flow.start({ ...variables, mode: variables?.mode ?? mode }, own)

  // The window first: the mutation's own `mutate` would lose the click by waiting for `onMutate`.
  const mutate = (variables: ConnectVariables | void, callbacks?: Options): void => {
    if (start(variables)) mutation.mutate(variables, callbacks)
  }

  return {
    ...mutation,
    mutate,
    mutateAsync: (variables: ConnectVariables | void, callbacks?: Options) =>
      start(variables) ? mutation.mutateAsync(variables, callbacks) : flow.result(),
    phase: state.phase,
    sessionId: state.sessionId,
    connectError: state.error,
    cancel: flow.cancel,
    focusWindow: flow.focusWindow,
    reopen: (variables = mutation.variables) => {
      flow.supersede()
      mutate(variables)
    },
    getFormProps: () => {
      const { action, fields } = flow.getForm()
      return {
        action,
        method: 'post',
        target: '_blank',
        // Once the browser has sent it: a form that React takes off the page meanwhile is not sent at all.
        onSubmit: () => void setTimeout(flow.submitted),
        children: fields.map(([name, value]) => createElement('input', { key: name + value, type: 'hidden', name, value })),
      }
    },
  }
}
