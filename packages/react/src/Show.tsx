'use client'
import type { ReactNode } from 'react'
import type { ProviderId } from '@authpipe/core'
import type { ConnectionRef } from './findConnection.ts'
import { useConnection, type ConnectionStatusOrAbsent } from './useConnection.ts'

/** Which connection is looked at, and what it has to be. */
export interface ShowCondition extends Omit<ConnectionRef, 'provider'> {
  readonly provider: ProviderId
  /**
   * Its status, or one of several.
   * @defaultValue `active`
   */
  readonly is?: ConnectionStatusOrAbsent | readonly ConnectionStatusOrAbsent[] | undefined
}

export interface ShowProps {
  /** The connection, by its provider or its id, and the status that it has to have. */
  readonly when: ShowCondition
  /** Shown where the condition holds. */
  readonly children?: ReactNode
  /**
   * Shown where the condition does not hold.
   * @defaultValue nothing
   */
  readonly fallback?: ReactNode
  /**
   * Shown until the connections are known; a page that is given them at the start never shows it.
   * @defaultValue nothing
   */
  readonly loading?: ReactNode
}

/**
 * Shows a part of a page only with a connection, or only without one.
 *
 * @security It hides, it does not guard: what a user may see is decided on the server.
 *
 * @example
 * <Show when={{ provider: 'livechat' }} fallback={<ConnectButton provider="livechat" />}>
 *   <Chats />
 * </Show>
 */
export function Show({ when: { is = 'active', ...ref }, children, fallback, loading }: ShowProps): ReactNode {
  const { connectionStatus, isSuccess, isError } = useConnection(ref)
  if (!isSuccess && !isError) return loading
  return [is].flat().includes(connectionStatus) ? children : fallback
}
