'use client'
import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import type { AuthpipeError, Connection } from '@authpipe/core'
import { checkMutationOptions, type CheckVariables } from './checkMutationOptions.ts'
import { useAuthpipe } from './useAuthpipe.ts'

/**
 * Has the server ask the provider now whether a connection works, and shows what it says. A connection that does not work is no error:
 * it comes back with its new `status` and `health`.
 *
 * Rejects with `connection_not_found`, `forbidden`, `network_error` and the other codes of the server.
 *
 * @example
 * const { mutate: check, isPending } = useCheckConnection()
 * check({ connectionId: connection.id })
 */
export function useCheckConnection({
  mutation,
}: { readonly mutation?: Omit<UseMutationOptions<Connection, AuthpipeError, CheckVariables>, 'mutationFn' | 'mutationKey'> } = {}): UseMutationResult<
  Connection,
  AuthpipeError,
  CheckVariables
> {
  const { client, queryClient } = useAuthpipe()
  return useMutation({ ...checkMutationOptions(client, queryClient), ...mutation }, queryClient)
}
