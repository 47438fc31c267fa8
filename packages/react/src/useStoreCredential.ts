'use client'
import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import type { AuthpipeError, Connection, ProviderFields, ProviderId, ProviderSettings } from '@authpipe/core'
import { authpipeKeys } from './authpipeKeys.ts'
import type { AuthpipeEvent, AuthpipeEventName } from './client/AuthpipeEvent.ts'
import type { ConnectCallbacks } from './client/connectFlow.ts'
import { announce } from './client/connectionChanges.ts'
import { emit } from './client/events.ts'
import { storeCredential } from './client/routes.ts'
import { useAuthpipe } from './useAuthpipe.ts'
import { useConnectionChanges } from './useConnectionChanges.ts'

/** What a user typed: `fields` by the ids of the provider's fields, and `settings` such as a subdomain. */
export interface StoreCredentialVariables<P extends ProviderId = ProviderId> {
  readonly fields: ProviderFields<P>
  readonly settings?: ProviderSettings<P>
}

export interface UseStoreCredentialOptions extends Pick<ConnectCallbacks, 'onSuccess' | 'onError'> {
  /**
   * Options of TanStack Query. Their callbacks are told nothing of what was typed.
   *
   * @security A `retry` sends the same key again, and each try is counted.
   */
  readonly mutation?: Omit<UseMutationOptions<Connection, AuthpipeError, unknown>, 'mutationFn' | 'mutationKey' | 'gcTime'> | undefined
  /** Put the key in the place of this connection's, which keeps its id and settings. */
  readonly connectionId?: string | undefined
}

export type UseStoreCredentialResult<P extends ProviderId = ProviderId> = Omit<UseMutationResult<Connection, AuthpipeError>, 'mutate' | 'mutateAsync' | 'variables'> & {
  readonly mutate: (variables: StoreCredentialVariables<P>) => void
  readonly mutateAsync: (variables: StoreCredentialVariables<P>) => Promise<Connection>
}

type Send = () => Promise<Connection>

/**
 * Stores an API key that the user typed into a form of your own, once its provider has accepted it. The result is that of the
 * TanStack mutation, without `variables`.
 *
 * Rejects with `credential_rejected`, `insufficient_scope` and `invalid_request`, whose `details` name the `field` or `setting`;
 * with `provider_unreachable`, `provider_rate_limited`, `rate_limited` and `network_error`, after which the same call can succeed;
 * and with the other codes of the server. Nothing is stored then.
 *
 * @security What the user typed is in no cache, no result and no callback. Read it from the form's `FormData` as it is submitted,
 * and keep it in no state.
 *
 * @example
 * const { mutate: storeKey, error } = useStoreCredential('freshdesk', { onSuccess: (connection) => close() })
 * storeKey({ settings: { subdomain: 'acme' }, fields: { apiKey } })
 */
export function useStoreCredential<P extends ProviderId>(provider: P, { connectionId, onSuccess, onError, mutation }: UseStoreCredentialOptions = {}): UseStoreCredentialResult<P> {
  const { client, queryClient } = useAuthpipe()
  useConnectionChanges()
  const reconnected = connectionId !== undefined
  const tell = (event: AuthpipeEventName, more?: Partial<AuthpipeEvent>): void => emit(client, { event, provider, connectionId, mode: 'api_key', ...more })
  const { variables: _closure, mutate, mutateAsync, ...result } = useMutation<Connection, AuthpipeError, Send>(
    {
      networkMode: 'always',
      // A wrong key stays wrong, and each try is counted.
      retry: 0,
      ...mutation,
      mutationKey: authpipeKeys.connect(provider),
      mutationFn: (send) => send(),
      onSuccess(connection, ...rest) {
        announce(client, connection, reconnected ? { reconnected } : undefined)
        tell(reconnected ? 'reconnect_succeeded' : 'connect_succeeded', { connectionId: connection.id })
        onSuccess?.(connection, { reconnected })
        return mutation?.onSuccess?.(connection, ...rest)
      },
      onError(error, ...rest) {
        const refused = error.code === 'credential_rejected' || error.code === 'insufficient_scope'
        tell(refused ? 'api_key_rejected' : 'connect_failed', { errorCode: error.code })
        onError?.(error)
        return mutation?.onError?.(error, ...rest)
      },
      gcTime: 0,
    },
    queryClient,
  )
  // TanStack keeps the variables of a mutation where its devtools and global callbacks read them; into a closure nothing looks.
  const sender =
    ({ fields, settings }: StoreCredentialVariables): Send =>
    () => {
      tell('api_key_submitted')
      return storeCredential(client, { provider, fields, ...(settings && { settings }), ...(connectionId !== undefined && { connectionId }) })
    }
  return { ...result, mutate: (variables) => mutate(sender(variables)), mutateAsync: (variables) => mutateAsync(sender(variables)) }
}
