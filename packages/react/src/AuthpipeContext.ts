'use client'
import { createContext, type ReactNode } from 'react'
import type { QueryClient } from '@tanstack/react-query'
import type { Appearance } from './appearance/appearance.ts'
import type { ClientCore } from './client/createClientCore.ts'
import type { ConnectVariables } from './client/openAttempt.ts'
import type { MessageOverrides } from './messages.ts'

/** How a provider looks here. */
export interface ProviderDisplay {
  /** Shown instead of the server's name. */
  readonly name?: string
  /** Shown instead of the monogram; decorative, since the name stands beside it. */
  readonly logo?: ReactNode
}

/** How the app itself is called where people decide what to give it. */
export interface AppDisplay {
  readonly name: string
  /** Decorative, since the name stands beside it. */
  readonly logo?: ReactNode
  /**
   * The page on which a `RequestedConnection` stands: a path or an address. Where it is given, a user who may not connect an account is
   * offered a link to it for somebody who may.
   */
  readonly requestPage?: string | undefined
}

/** What the components and hooks of one tree have in common. */
export interface AuthpipeContextValue {
  readonly client: ClientCore
  readonly queryClient: QueryClient
  readonly providers: Readonly<Partial<Record<string, ProviderDisplay>>>
  /** Texts that the app puts in the place of the English ones. */
  readonly messages: MessageOverrides
  readonly mode: NonNullable<ConnectVariables['mode']>
  /** The app that accounts are connected to. */
  readonly app?: AppDisplay | undefined
  readonly appearance?: Appearance | undefined
  readonly unstyled?: boolean | undefined
  /** BCP 47 tag that dates and numbers follow. */
  readonly locale?: string | undefined
  /** How often what a visible page shows is read again, in milliseconds. */
  readonly refetchIntervalMs: number | false
}

/** `null` outside an `AuthpipeProvider`, where the defaults hold. */
export const AuthpipeContext = createContext<AuthpipeContextValue | null>(null)
