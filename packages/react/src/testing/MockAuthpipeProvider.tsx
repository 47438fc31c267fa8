'use client'
import { useState, type ReactNode, type SyntheticEvent } from 'react'
import { QueryClient } from '@tanstack/react-query'
import { AuthpipeProvider, type AuthpipeProviderProps } from '../AuthpipeProvider.tsx'
import { createMockClient, type MockClientOptions } from './createMockClient.ts'

/** Props of {@link MockAuthpipeProvider}: those of the real one, and what the mock client is told. `providers` are display overrides. */
export interface MockAuthpipeProviderProps
  extends Omit<AuthpipeProviderProps, 'client' | 'queryClient'>, Pick<MockClientOptions, 'scenario' | 'connections' | 'judgeKey' | 'latencyMs'> {}

/** An `AuthpipeProvider` with a mock client and a cache of its own. What it is told counts when it mounts; give it a `key` to start over. */
export function MockAuthpipeProvider({ scenario, connections, judgeKey, latencyMs, basePath, children, ...rest }: MockAuthpipeProviderProps): ReactNode {
  const [{ client, queryClient }] = useState(() => ({
    client: createMockClient({ scenario, connections, judgeKey, latencyMs, basePath }),
    queryClient: new QueryClient({ defaultOptions: { queries: { retry: false } } }),
  }))
  // The form of a blocked window is submitted by the browser itself; there is no server to take it.
  const submit = (event: SyntheticEvent): void => {
    if (!(event.target instanceof HTMLFormElement) || !event.target.action.endsWith(`${client.basePath}/sessions`)) return
    event.preventDefault()
    client.submit(new FormData(event.target))
  }
  return (
    <AuthpipeProvider {...rest} client={client} queryClient={queryClient}>
      <div style={{ display: 'contents' }} onSubmit={submit}>
        {children}
      </div>
    </AuthpipeProvider>
  )
}
