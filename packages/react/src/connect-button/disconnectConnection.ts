import type { QueryClient } from '@tanstack/react-query'
import type { AuthpipeClient } from '../client/createClient.ts'
import { disconnectMutationOptions } from '../disconnectMutationOptions.ts'

/** Disconnects a connection as `useDisconnect` does, for a button that loads the code only when it is clicked. */
export const disconnectConnection = (client: AuthpipeClient, queryClient: QueryClient, connectionId: string): Promise<void> =>
  queryClient.getMutationCache().build(queryClient, disconnectMutationOptions(client, queryClient)).execute({ connectionId })
