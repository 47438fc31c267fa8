import type { MutationOptions, QueryClient } from '@tanstack/react-query'
import { AuthpipeError, type Connection } from '@authpipe/core'
import { authpipeKeys } from './authpipeKeys.ts'
import type { AuthpipeEvent } from './client/AuthpipeEvent.ts'
import { announce } from './client/connectionChanges.ts'
import type { ClientCore } from './client/createClientCore.ts'
import { emit } from './client/events.ts'
import { disconnect } from './client/routes.ts'

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
      countUnderWay(queryClient, 1)
      await queryClient.cancelQueries({ queryKey })
      const lists = queryClient.getQueriesData<readonly Connection[]>({ queryKey })
      const connection = lists.flatMap(([, list]) => list ?? []).find(({ id }) => id === connectionId)
      const tell = (event: AuthpipeEvent['event'], more?: Partial<AuthpipeEvent>): void => emit(client, { event, provider: connection?.provider, connectionId, ...more })
      tell('disconnect_confirmed')
      queryClient.setQueriesData<readonly Connection[]>({ queryKey }, (known) => known?.filter(({ id }) => id !== connectionId))
      try {
        await disconnect(client, connectionId)
      } catch (error) {
        for (const [key, list] of lists) queryClient.setQueryData<readonly Connection[]>(key, (now) => putBack(now, list, connectionId))
        tell('disconnect_failed', { errorCode: error instanceof AuthpipeError ? error.code : undefined })
        throw error
      } finally {
        // While others are under way, the server's list still holds what they take from it.
        if (countUnderWay(queryClient, -1) === 0) void queryClient.invalidateQueries({ queryKey })
      }
      tell('disconnect_succeeded')
      if (connection) announce(client, connection, { ended: true })
    },
  }
}

const underWay = new WeakMap<QueryClient, number>()

function countUnderWay(queryClient: QueryClient, change: 1 | -1): number {
  const count = (underWay.get(queryClient) ?? 0) + change
  underWay.set(queryClient, count)
  return count
}

/** Puts a connection back to where it stood, into a list that may have changed meanwhile. */
function putBack(now: readonly Connection[] | undefined, before: readonly Connection[] | undefined, connectionId: string): readonly Connection[] | undefined {
  const index = before?.findIndex(({ id }) => id === connectionId) ?? -1
  const connection = before?.[index]
  if (!before || !now || !connection || now.some(({ id }) => id === connectionId)) return now ?? before
  const later = before.slice(index + 1).map(({ id }) => id)
  const next = now.findIndex(({ id }) => later.includes(id))
  const place = next < 0 ? now.length : next
  return [...now.slice(0, place), connection, ...now.slice(place)]
}
