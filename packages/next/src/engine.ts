// What the server's parts share: one engine per process for a database and base URL, however many copies of this module
// the host loads.
import type { BaseUrl } from './baseUrl.ts'
import type { ConcurrencyLimit } from './concurrencyLimit.ts'
import type { Config } from './config.ts'
import type { CredentialCache } from './credentials/credentialCache.ts'
import type { ProviderGates } from './credentials/providerGates.ts'
import type { ReadCounts } from './credentials/readCounts.ts'
import type { RefreshFlights } from './credentials/refreshCredential.ts'
import type { RevocationQueue } from './credentials/revocationQueue.ts'
import type { EventDeliveries } from './events/eventDeliveries.ts'
import type { HealthMemory } from './health/healthMemory.ts'
import type { Outbound } from './outboundFetch.ts'
import type { Registrations } from './registrations.ts'
import type { Relay } from './relay/relayOptions.ts'
import type { PrincipalLimit } from './routes/principalLimit.ts'
import type { RefusalCount } from './routes/refusalCount.ts'
import type { SecretKeys } from './secretKeys.ts'
import type { Store } from './store/store.ts'
import type { StoreKind } from './telemetry/attributes.ts'
import type { Telemetry } from './telemetry/telemetry.ts'
import type { Timing } from './timing.ts'
import type { Vault } from './vault/vault.ts'

export interface Engine {
  /** The newest options; replaced under hot reload. */
  config: Config
  registrations: Registrations
  /** Replaced together with the options. */
  secretKeys: SecretKeys
  readonly baseUrl: BaseUrl
  /** This deployment's end of a relay; replaced under hot reload. */
  relay: Relay | undefined
  readonly store: Store
  readonly vault: Vault
  readonly outbound: Outbound
  readonly cache: CredentialCache
  readonly reads: ReadCounts
  readonly flights: RefreshFlights
  /** How many token requests of one provider are under way at once. */
  readonly refreshLimit: ConcurrencyLimit
  readonly gates: ProviderGates
  readonly health: HealthMemory
  /** How much due work of one provider is under way at once, beside requests. */
  readonly dueWork: ConcurrencyLimit
  /** What whoever asks for maintenance over HTTP has to know; `undefined` where nobody may. Replaced under hot reload. */
  maintenanceSecret: string | undefined
  readonly deliveries: EventDeliveries
  readonly revocations: RevocationQueue
  readonly keyTries: PrincipalLimit
  readonly statusReads: PrincipalLimit
  /** Requests for servers that came without a valid key. */
  readonly refusals: RefusalCount
  readonly telemetry: Telemetry
  readonly storeKind: StoreKind
  readonly timing: Timing
  /** Names this engine as the owner of leases. */
  readonly owner: string
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Sets `now` by the clock that all processes share. */
  readonly followClock: () => Promise<void>
  /** Lets work go on after its request was answered; it never rejects and `close` waits for it. */
  readonly background: (work: Promise<unknown>) => void
  /** Aborted when `close` begins: what is under way ends, and nothing more is begun beside requests. */
  readonly stopping: AbortSignal
  /** Aborted when `close` has waited long enough for what is under way. */
  readonly closing: AbortSignal
}
