import type { KeyObject } from 'node:crypto'
import type { BaseUrl } from '../baseUrl.ts'
import { callbackUrl } from '../callbackUrl.ts'
import type { OutboundFetch } from '../outboundFetch.ts'
import { signRelayState } from '../relay/relayState.ts'

/**
 * What the deployment that providers return to does with an answer to this one. `ignores`: it takes it for its own, so it does not relay, or
 * not with our secret; `refuses`: it knows the secret, and passes nothing on to here; `no_answer`: nobody is there, or something else.
 */
export type RelayVerdict = 'relays' | 'ignores' | 'refuses' | 'no_answer'

/** A relay as the deployment knows it that is relayed to. */
interface RelayToProbe {
  readonly through: BaseUrl
  readonly key: KeyObject
  /** Of the deployment that asks. */
  readonly baseUrl: BaseUrl
  readonly providerId: string
}

const lifetimeMs = 60_000

/** Sends an answer to a session that nobody has: a deployment that relays it knows our secret, us, and itself by that name. */
export async function probeRelay(fetch: OutboundFetch, { through, key, baseUrl, providerId }: RelayToProbe): Promise<RelayVerdict> {
  const state = await signRelayState(key, { aud: through.href, sub: baseUrl.href, exp: Math.ceil((Date.now() + lifetimeMs) / 1000) })
  const query = new URLSearchParams({ state, error: 'access_denied' })
  try {
    const response = await fetch(`${callbackUrl(through, providerId, undefined)}?${query.toString()}`)
    if (response.headers.get('location')?.startsWith(callbackUrl(baseUrl, providerId, undefined))) return 'relays'
    const page = await response.text()
    if (page.includes(`action="${through.href}/sessions/finish"`)) return 'ignores'
    // On the page of a relay; a server that cannot start says the same code as a problem.
    return page.includes('<code>invalid_configuration</code>') ? 'refuses' : 'no_answer'
  } catch {
    return 'no_answer'
  }
}
