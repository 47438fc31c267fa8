'use client'
import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import type { AuthpipeError, Connection } from '@authpipe/core'
import { disconnect } from './client/routes.ts'
import { authpipeKeys } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'

export interface DisconnectVariables {
  readonly connectionId: string
}

/**
 * Disconnects a connection: here at once, at the provider soon after. The lists show it gone while the request runs, and show it
 * again if the server refuses.
 *
 * @example
 * const { mutate: disconnect } = useDisconnect()
 * disconnect({ connectionId: connection.id })
 */
export function useDisconnect({
  mutation,
}: { readonly mutation?: Omit<UseMutationOptions<void, AuthpipeError, DisconnectVariables>, 'mutationFn' | 'mutationKey'> } = {}): UseMutationResult<
  void,
  AuthpipeError,
  DisconnectVariables
> {
  const { client, queryClient } = useAuthpipe()
  const queryKey = authpipeKeys.connections()
  return useMutation(
    {
      networkMode: 'always',
      ...mutation,
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
    },
    queryClient,
  )
}
