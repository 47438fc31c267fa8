'use client'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import type { AuthpipeError, Connection } from '@authpipe/core'
import { idleState, type ConnectCallbacks, type ConnectFlow, type ConnectState, type ConnectVariables } from './client/connectFlow.ts'
import type { ProviderId } from './providerId.ts'
import { authpipeKeys } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'

export type ConnectMutation = UseMutationResult<Connection, AuthpipeError, ConnectVariables | void>

export interface UseConnectOptions extends ConnectCallbacks {
  /** Connect exactly this connection again; its attempts are told apart from others of the provider. */
  readonly connectionId?: string | undefined
  /** Connect an account of the user's own, or install our app at the provider. @defaultValue the former, where the provider has it */
  readonly kind?: Connection['kind'] | undefined
  /** Options of TanStack Query. Prefer the callbacks beside it: they also hear of a success after a reload or a presumed close. */
  readonly mutation?: Omit<UseMutationOptions<Connection, AuthpipeError, ConnectVariables | void>, 'mutationFn' | 'mutationKey'>
}

interface UseConnectFlowResult {
  readonly flow: ConnectFlow
  readonly state: ConnectState
  readonly mutation: ConnectMutation
  /** Opens the window. Tells whether this has started an attempt, whose mutation is then to be run, instead of joining the one under way. */
  readonly start: (variables: ConnectVariables | void, another?: boolean) => boolean
}

/** Binds a component to the connect flow of a provider. */
export function useConnectFlow(provider: ProviderId, options: UseConnectOptions): UseConnectFlowResult {
  const { client, queryClient, mode } = useAuthpipe()
  const flow = client.connectFlow(provider, options.connectionId, options.kind)
  const state = useSyncExternalStore(flow.subscribe, flow.getState, () => idleState)

  const own = useRef<ConnectCallbacks>(options)
  useEffect(() => {
    own.current = options
  })
  useEffect(() => flow.attach(own), [flow])

  const mutation: ConnectMutation = useMutation(
    // Offline an attempt is shown, not paused: the window is open already.
    { retry: 0, networkMode: 'always', ...options.mutation, mutationKey: authpipeKeys.connect(provider), mutationFn: flow.result },
    queryClient,
  )
  const start = (variables: ConnectVariables | void, another?: boolean): boolean =>
    flow.getState().sessionId !== flow.start({ ...variables, mode: variables?.mode ?? mode }, own, another)

  return { flow, state, mutation, start }
}
