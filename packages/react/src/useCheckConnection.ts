'use client'
import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import { parseConnection, type AuthpipeError, type Connection } from '@authpipe/core'
import { announce } from './client/connectionChanges.ts'
import { useAuthpipe } from './useAuthpipe.ts'

/** Names the connection to check. */
export interface CheckVariables {
  readonly connectionId: string
}

/**
 * Asks the provider now whether a connection works, and shows what it says.
 *
 * @example
 * const { mutate: check, isPending } = useCheckConnection()
 */
export function useCheckConnection({
  mutation,
}: { readonly mutation?: Omit<UseMutationOptions<Connection, AuthpipeError, CheckVariables>, 'mutationFn'> } = {}): UseMutationResult<
  Connection,
  AuthpipeError,
  CheckVariables
> {
  const { client, queryClient } = useAuthpipe()
  return useMutation(
    {
      ...mutation,
      mutationFn: async ({ connectionId }) => {
        const connection = await client.call(`/connections/${encodeURIComponent(connectionId)}/check`, parseConnection, { method: 'POST' })
        announce(client, connection)
        return connection
      },
    },
    queryClient,
  )
}
