'use client'
import { useEffect, useState, type ReactNode } from 'react'
import type { QueryClient } from '@tanstack/react-query'
import type { Connection, ProviderId, ProviderSummary } from '@authpipe/core'
import type { Appearance } from './appearance/appearance.ts'
import { AuthpipeContext, type AppDisplay, type AuthpipeContextValue, type ProviderDisplay } from './AuthpipeContext.ts'
import type { AuthpipeEvent } from './client/AuthpipeEvent.ts'
import type { ClientCore } from './client/createClientCore.ts'
import type { MessageOverrides } from './messages.ts'
import { authpipeKeys } from './queries.ts'
import { pageClient, useHostQueryClient, usualRefetchMs } from './useAuthpipe.ts'
import { useEvents } from './useEvents.ts'
import { useResumedAttempts } from './useResumedAttempts.ts'

export interface AuthpipeProviderProps {
  readonly children?: ReactNode
  /**
   * Where the server's routes are mounted, on this origin.
   * @defaultValue `/api/authpipe`
   */
  readonly basePath?: string
  /** Replaces the client that `basePath` makes, as in tests. */
  readonly client?: ClientCore
  /** @defaultValue the host app's, else one of our own */
  readonly queryClient?: QueryClient
  /** Connections that a server component has read: the first paint shows them, and no request is made for them. */
  readonly initialConnections?: readonly Connection[]
  /** Providers that a server component has read. */
  readonly initialProviders?: readonly ProviderSummary[]
  /** Names and logos, by provider id. */
  readonly providers?: Readonly<Partial<Record<ProviderId, ProviderDisplay>>>
  /** Texts that replace the English ones. */
  readonly messages?: MessageOverrides
  /**
   * How buttons connect unless they say otherwise.
   * @defaultValue `auto`
   */
  readonly mode?: AuthpipeContextValue['mode']
  /** Your app's name and logo, for dialogs in which people decide what to give it. */
  readonly app?: AppDisplay
  /** Looks of all components below. */
  readonly appearance?: Appearance
  /**
   * Leaves the classes `ap-…` out of all components below.
   * @defaultValue `false`
   */
  readonly unstyled?: boolean
  /**
   * BCP 47 tag that dates and numbers follow.
   * @defaultValue that of `messages`, else `en`
   */
  readonly locale?: string
  /**
   * How often a visible page reads again what it shows of connections, in milliseconds, beside each time that it gets the focus. So
   * what the server's health checks find shows by itself. `false` never does.
   * @defaultValue 60 000 (one minute)
   */
  readonly refetchIntervalMs?: AuthpipeContextValue['refetchIntervalMs']
  /** Told what happens, for analytics and logs; never what a user typed, a label of an account, or a URL. Nothing is sent anywhere else. */
  readonly onEvent?: (event: AuthpipeEvent) => void
  /**
   * Whether every event is written to the console too.
   * @defaultValue `false`
   */
  readonly debug?: boolean
}

/**
 * Gives the components and hooks below it their base path, data and texts. Without it they use the defaults.
 *
 * @example
 * <AuthpipeProvider initialConnections={await authpipe.listConnections({ tenantId, userId })}>{children}</AuthpipeProvider>
 */
export function AuthpipeProvider({
  children,
  basePath,
  client = pageClient(basePath),
  queryClient,
  initialConnections,
  initialProviders,
  providers = {},
  messages = {},
  mode = 'auto',
  refetchIntervalMs = usualRefetchMs,
  onEvent,
  debug = false,
  ...looks
}: AuthpipeProviderProps): ReactNode {
  const hostQueryClient = useHostQueryClient()
  const data = queryClient ?? hostQueryClient
  useState(() => {
    // Before the children render, so that the server's HTML and the first paint agree; never over what is fresher.
    const seed = (key: readonly unknown[], value: unknown): void => {
      if (value !== undefined && data.getQueryData(key) === undefined) data.setQueryData(key, value)
    }
    seed(authpipeKeys.connections({}), initialConnections)
    seed(authpipeKeys.providers(), initialProviders)
  })
  // One that no QueryClientProvider holds would hear of neither focus nor network.
  useEffect(() => {
    data.mount()
    return () => data.unmount()
  }, [data])
  useEvents(client, onEvent, debug)
  useResumedAttempts(client)
  return (
    <AuthpipeContext.Provider value={{ client, queryClient: data, providers, messages, mode, refetchIntervalMs, ...looks }}>
      {children}
    </AuthpipeContext.Provider>
  )
}
