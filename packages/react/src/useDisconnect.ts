'use client'
import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import type { AuthpipeError } from '@authpipe/core'
import { disconnectMutationOptions, type DisconnectVariables } from './disconnectMutationOptions.ts'
import { useAuthpipe } from './useAuthpipe.ts'

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
  return useMutation({ ...disconnectMutationOptions(client, queryClient), ...mutation }, queryClient)
}
