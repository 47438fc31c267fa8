import type { MutationOptions } from '@tanstack/react-query'
import type { AuthpipeError, Connection } from '@authpipe/core'
import type { ConnectFlow } from './client/connectFlow.ts'
import type { ConnectVariables } from './client/openAttempt.ts'
import { authpipeKeys } from './authpipeKeys.ts'

/** Options of the mutation that an attempt is. Its window is open already, so it opens none and waits for no network. */
export const connectMutationOptions = (provider: string, flow: ConnectFlow): MutationOptions<Connection, AuthpipeError, ConnectVariables | void> => ({
  retry: 0,
  networkMode: 'always',
  mutationKey: authpipeKeys.connect(provider),
  mutationFn: flow.result,
})
