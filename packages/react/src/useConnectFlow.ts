'use client'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { connectFlowOf, type ConnectCallbacks, type ConnectFlow, type ConnectState } from './client/connectFlow.ts'
import { idleState } from './client/idleState.ts'
import type { ConnectVariables, FlowSubject } from './client/openAttempt.ts'
import { useAuthpipe } from './useAuthpipe.ts'

interface UseConnectFlowResult {
  readonly flow: ConnectFlow
  readonly state: ConnectState
  /** Opens the window. Tells whether this has started an attempt instead of joining the one under way. */
  readonly start: (variables: ConnectVariables | void, another?: boolean) => boolean
}

/** Binds a component to the connect flow of a provider. */
export function useConnectFlow(subject: FlowSubject & ConnectCallbacks): UseConnectFlowResult {
  const { client, mode } = useAuthpipe()
  const { provider, connectionId, kind } = subject
  const flow = connectFlowOf(client, { provider, connectionId, kind })
  const state = useSyncExternalStore(flow.subscribe, flow.getState, () => idleState)

  const own = useRef<ConnectCallbacks>(subject)
  useEffect(() => {
    own.current = subject
  })
  useEffect(() => flow.attach(own), [flow])

  const start = (variables: ConnectVariables | void, another?: boolean): boolean =>
    flow.getState().sessionId !== flow.start({ ...variables, mode: variables?.mode ?? mode }, own, another)

  return { flow, state, start }
}
