// What one look at a connection found: whom it speaks of.
import type { StatusReason, Verdict } from '@authpipe/core'

/**
 * - `healthy`: the provider takes the credential.
 * - `refused`: it does not, for `reason`; one refusal is no proof.
 * - `trouble`: the provider cannot or will not judge the credential now.
 * - `unreachable`: no request got out; by whose fault is seen from others.
 * - `limited`: we ask too much.
 * - `unclear`: nobody can be blamed.
 * - `ours`: our own app at the provider is refused.
 * - `settled`: a refresh has said what there is to say, and stored it.
 */
export type FindingKind = 'healthy' | 'refused' | 'trouble' | 'unreachable' | 'limited' | 'unclear' | 'ours' | 'settled'

export interface Finding {
  readonly kind: FindingKind
  /** Why it is refused. */
  readonly reason?: StatusReason
  /** Whether the provider was reached. */
  readonly isAnswered: boolean
  /** Whether it was not, for a reason that is ours. */
  readonly isOurs?: boolean
  /** How long the provider wants not to be asked. */
  readonly retryAfterMs?: number
}

const reasons: Partial<Record<Verdict, StatusReason>> = {
  credential_dead: 'credential_rejected',
  insufficient_scope: 'scope_lost',
  account_suspended: 'account_suspended',
  plan_unsupported: 'plan_unsupported',
  access_denied: 'access_denied',
}

/** Whether an answer says that the provider refuses the credential, or what or who it speaks for. */
export function isRefusal(verdict: Verdict): boolean {
  return verdict === 'uninstalled' || reasons[verdict] !== undefined
}

const kinds: Partial<Record<Verdict, FindingKind>> = {
  healthy: 'healthy',
  rate_limited: 'limited',
  unavailable: 'trouble',
  // Neither is a reason to give the connection up: a domain comes back, and a region is the definition's business.
  unknown_account: 'trouble',
  wrong_region: 'trouble',
}

/** What an answer of the provider says of a connection. */
export function findingOf(verdict: Verdict, connectionKind: 'user' | 'installation', retryAfterSeconds: number | undefined): Finding {
  const isInstallation = connectionKind === 'installation'
  // An installation acts with our app's own credential.
  if (isInstallation && verdict === 'credential_dead') return { kind: 'ours', isAnswered: true }
  if (verdict === 'uninstalled') return isInstallation ? { kind: 'refused', reason: 'uninstalled', isAnswered: true } : { kind: 'trouble', isAnswered: true }
  const reason = reasons[verdict]
  if (reason) return { kind: 'refused', reason, isAnswered: true }
  const retryAfterMs = retryAfterSeconds === undefined ? {} : { retryAfterMs: retryAfterSeconds * 1000 }
  return { kind: kinds[verdict] ?? 'unclear', isAnswered: true, ...retryAfterMs }
}
