import type { MutationOptions, QueryClient } from '@tanstack/react-query'
import type { AuthpipeError, Connection } from '@authpipe/core'
import type { ClientCore } from './client/createClientCore.ts'
import { disconnect } from './client/routes.ts'
import { authpipeKeys } from './queries.ts'

export interface DisconnectVariables {
  readonly connectionId: string
}

/** Options of the mutation that disconnects: the lists show it at once, and show the connection again if the server refuses. */
export function disconnectMutationOptions(client: ClientCore, queryClient: QueryClient): MutationOptions<void, AuthpipeError, DisconnectVariables> {
  const queryKey = authpipeKeys.connections()
  return {
    networkMode: 'always',
    mutationKey: authpipeKeys.disconnect(),
    mutationFn: async ({ connectionId }) => {
      await queryClient.cancelQueries({ queryKey })
      const lists = queryClient.getQueriesData<readonly Connection[]>({ queryKey })
      queryClient.setQueriesData<readonly Connection[]>({ queryKey }, (known) => known?.filter(({ id }) => id !== connectionId))
      try {
        await disconnect(client, connectionId)
      } catch (error) {
        for (const [key, list] of lists) queryClient.setQueryData(key, list)
        throw error
      } finally {
        void queryClient.invalidateQueries({ queryKey })
      }
    },
  }
}
