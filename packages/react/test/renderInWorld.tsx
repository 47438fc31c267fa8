import { QueryClient } from '@tanstack/react-query'
import { renderHook, type RenderHookResult } from '@testing-library/react'
import type { ReactNode } from 'react'
import { AuthpipeProvider, type AuthpipeProviderProps } from '../src/AuthpipeProvider.tsx'
import type { MockHandlerOptions } from '../src/testing/index.ts'
import { createConnectWorld, type ConnectWorld } from './connectWorld.ts'

export interface HookWorld<T> extends RenderHookResult<T, unknown> {
  readonly world: ConnectWorld
  readonly queryClient: QueryClient
}

/** Renders a hook in a page of its own, before a server of its own. */
export function renderInWorld<T>(hook: () => T, { connections, providers, ...props }: MockHandlerOptions & Omit<AuthpipeProviderProps, 'providers'> = {}): HookWorld<T> {
  const world = createConnectWorld({ ...(connections && { connections }), ...(providers && { providers }) })
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <AuthpipeProvider client={world.client} queryClient={queryClient} {...props}>
      {children}
    </AuthpipeProvider>
  )
  return { world, queryClient, ...renderHook(hook, { wrapper }) }
}
