import type { AuthpipeErrorCode, ConnectMode } from '@authpipe/core'
import type { CancelReason } from './connectFlow.ts'

/**
 * What is told to `onEvent`. The list is stable: names and members stay, new ones may come.
 *
 * | event | when |
 * |---|---|
 * | `connect_started`, `reconnect_started` | the user has clicked; an attempt with a `connectionId` is a reconnect |
 * | `window_opened`, `window_blocked` | what the browser made of the click |
 * | `window_detached` | the window reads as closed: closed by the user, or cut off by a provider |
 * | `authorization_completed` | the server says that the user has finished at the provider |
 * | `connect_succeeded`, `reconnect_succeeded` | there is a connection, by a sign-in or by a key |
 * | `connect_failed`, `connect_cancelled` | an attempt has ended without one; a denial is a cancel |
 * | `api_key_submitted`, `api_key_rejected` | a key was sent, and was refused by its provider |
 * | `disconnect_confirmed`, `disconnect_succeeded`, `disconnect_failed` | the user has decided, and what came of it |
 * | `provider_searched` | somebody has searched the catalog |
 * | `scope_changed` | somebody has chosen other scopes |
 */
export type AuthpipeEventName =
  | 'connect_started'
  | 'reconnect_started'
  | 'window_opened'
  | 'window_blocked'
  | 'window_detached'
  | 'authorization_completed'
  | 'connect_succeeded'
  | 'reconnect_succeeded'
  | 'connect_failed'
  | 'connect_cancelled'
  | 'api_key_submitted'
  | 'api_key_rejected'
  | 'disconnect_confirmed'
  | 'disconnect_succeeded'
  | 'disconnect_failed'
  | 'provider_searched'
  | 'scope_changed'

/** Something that happened on this page, for analytics and logs. It never holds what a user typed, a label of an account or a URL. */
export interface AuthpipeEvent {
  readonly event: AuthpipeEventName
  /** ISO 8601, by the clock of this browser. */
  readonly at: string
  readonly provider?: string | undefined
  readonly sessionId?: string | undefined
  readonly connectionId?: string | undefined
  /** How the user connects. */
  readonly mode?: ConnectMode | 'api_key' | undefined
  /** From the click to this end, in milliseconds. */
  readonly durationMs?: number | undefined
  readonly errorCode?: AuthpipeErrorCode | undefined
  /** Why an attempt was cancelled. */
  readonly reason?: CancelReason | undefined
  /** How many providers a search has found. */
  readonly count?: number | undefined
}
