import type { MutationOptions, QueryClient } from '@tanstack/react-query'
import type { AuthpipeError, Connection } from '@authpipe/core'
import { authpipeKeys } from './authpipeKeys.ts'
import type { ClientCore } from './client/createClientCore.ts'
import { checkConnection } from './client/routes.ts'

export interface CheckVariables {
  readonly connectionId: string
}

/** Options of the mutation that has a connection checked: what the provider says of it stands in every list at once. */
export function checkMutationOptions(client: ClientCore, queryClient: QueryClient): MutationOptions<Connection, AuthpipeError, CheckVariables> {
  const queryKey = authpipeKeys.connections()
  return {
    networkMode: 'always',
    mutationKey: authpipeKeys.check(),
    mutationFn: async ({ connectionId }) => {
      const checked = await checkConnection(client, connectionId)
      // An answer that was asked for before is older.
      await queryClient.cancelQueries({ queryKey })
      queryClient.setQueriesData<readonly Connection[]>({ queryKey }, (known) => known?.map((one) => (one.id === checked.id ? checked : one)))
      return checked
    },
  }
}
