// Builds an engine out of checked options and the environment, and keeps it for the whole process.
import { createError } from '@authpipe/core'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { Clock } from './clock.ts'
import { ConcurrencyLimit } from './concurrencyLimit.ts'
import { resolveBaseUrl, resolveDatabase, resolveMaintenanceSecret, resolveRelay, resolveSecretKeys, type Config, type Database } from './config.ts'
import { CredentialCache } from './credentials/credentialCache.ts'
import { readCredential } from './credentials/getCredential.ts'
import { ReadCounts } from './credentials/readCounts.ts'
import { storeReads } from './credentials/storeReads.ts'
import { ProviderGates } from './credentials/providerGates.ts'
import { RevocationQueue } from './credentials/revocationQueue.ts'
import type { Engine } from './engine.ts'
import { EventDeliveries } from './events/eventDeliveries.ts'
import { ownWayOut } from './health/breaker.ts'
import { createHealthMemory } from './health/healthMemory.ts'
import { log } from './log.ts'
import { Scheduler } from './maintenance/scheduler.ts'
import { createOutbound, type Lookup } from './outboundFetch.ts'
import { Registrations } from './registrations.ts'
import { resolveKeyManager } from './resolveKeyManager.ts'
import { limitKeyTries, limitStatusReads } from './routes/principalLimit.ts'
import { RefusalCount } from './routes/refusalCount.ts'
import { SecretKeys } from './secretKeys.ts'
import { PostgresStore } from './store/postgres/postgresStore.ts'
import { SqliteStore } from './store/sqlite/sqliteStore.ts'
import type { Store } from './store/store.ts'
import type { StoreKind } from './telemetry/attributes.ts'
import { measuredKeys } from './telemetry/measuredKeys.ts'
import { openTelemetry } from './telemetry/openTelemetry.ts'
import { usualTiming, type Timing } from './timing.ts'
import { createVault } from './vault/vault.ts'

/** An engine with what starts and stops it. */
export interface OpenEngine {
  readonly engine: Engine
  readonly scheduler: Scheduler
  /** Whether it was closed, perhaps by another holder; a holder then opens a new one. */
  readonly isClosed: boolean
  /** Takes newer options, as a hot reload brings them. */
  configure(config: Config, version: number): void
  /** Waits a while for work under way, then releases files, sockets and timers. */
  close(): Promise<void>
}

/** What tests replace. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Epoch milliseconds. */
  readonly now: () => number
  /**
   * Whether `now` is no real clock, which the database's must not correct.
   * @defaultValue `false`
   */
  readonly isSimulated?: boolean
  /**
   * Resolves names of providers.
   * @defaultValue the system's resolver
   */
  readonly lookup?: Lookup
  /** What is to be shorter than usual. */
  readonly timing?: Partial<Timing>
}

/** Token requests of one provider that are under way at once in one process. */
const refreshesAtOnce = 16
/** Connections of one provider that maintenance works on at once in one process: it leaves room for whoever waits for a token. */
const dueWorkAtOnce = 8
/** How often the counts of reads are written down: a crash loses so much of them. */
const storeReadsEveryMs = 60_000
/** How often remembered credentials that nobody asks for are dropped, at least. */
const ageEveryMs = 60_000
/** How far what is due is counted for whoever watches. */
const dueCountLimit = 10_000

// Next.js evaluates a module up to four times in one process, so what must exist once lives beside all of them.
const registry = Symbol.for('authpipe.engines')
const everywhere: typeof globalThis & { [registry]?: Map<string, Promise<OpenEngine>> } = globalThis
const engines = (everywhere[registry] ??= new Map())
const ids = new WeakMap<Store, string>()

/**
 * The engine of a database and base URL: made at the first call, the same one at every later call of this process.
 *
 * @throws {AuthpipeError} `invalid_configuration`, `encryption_key_unavailable`, `store_unavailable`; the next call tries again
 */
export async function openEngine(config: Config, version: number, surroundings: Surroundings): Promise<OpenEngine> {
  checkRuntime()
  const baseUrl = resolveBaseUrl(config, surroundings.env)
  const database = resolveDatabase(config, surroundings.env)
  const key = JSON.stringify([nameOf(database), baseUrl.href])
  let opening = engines.get(key)
  if (!opening) {
    opening = build(config, version, surroundings, database, () => engines.delete(key))
    engines.set(key, opening)
    opening.catch(() => engines.delete(key))
  }
  const open = await opening
  open.configure(config, version)
  return open
}

function checkRuntime(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 13)) return
  throw createError('invalid_configuration', `Authpipe needs Node.js 22.13 or newer; this is ${process.versions.node}.`)
}

/** The store over a database, not open yet. */
export function createStore(database: Database): Store {
  switch (database.kind) {
    case 'sqlite':
      return new SqliteStore({ path: database.path })
    case 'postgres':
      return new PostgresStore(database)
    case 'store':
      return database.store
  }
}

const storeKinds: Readonly<Record<Database['kind'], StoreKind>> = { sqlite: 'sqlite', postgres: 'postgresql', store: 'other_sql' }

function nameOf(database: Database): string {
  if (database.kind === 'sqlite') return resolve(database.path)
  if (database.kind === 'postgres') return database.url
  const id = ids.get(database.store) ?? randomUUID()
  ids.set(database.store, id)
  return id
}

async function build(config: Config, version: number, surroundings: Surroundings, database: Database, forget: () => void): Promise<OpenEngine> {
  const { env, isSimulated = false, lookup } = surroundings
  const timing = { ...usualTiming, ...surroundings.timing }
  const clock = new Clock(surroundings.now)
  const now = isSimulated ? surroundings.now : clock.now
  // Faults of the registrations come first: they cost nothing to find and open nothing.
  const registrations = new Registrations(config.providers, config.allowInsecureLoopback)
  const secretKeys = new SecretKeys(resolveSecretKeys(config, env))
  const baseUrl = resolveBaseUrl(config, env)
  const relay = resolveRelay(config, baseUrl, env)
  const store = createStore(database)
  const keys = await resolveKeyManager(config, env, database)
  const telemetry = await openTelemetry()
  const keyManager = typeof config.keys === 'object' ? measuredKeys(keys, telemetry) : keys
  await store.open()
  const followClock = (): Promise<void> => (isSimulated ? Promise.resolve() : clock.follow(() => store.readClock()))
  const vault = createVault({ store, keyManager, now })
  try {
    await followClock()
    await vault.ready()
  } catch (error) {
    await store.close()
    throw error
  }
  const outbound = createOutbound({ allowInsecureLoopback: config.allowInsecureLoopback, timeoutMs: timing.requestMs, ...(lookup ? { lookup } : {}) })
  const health = createHealthMemory(store)
  const underWay = new Set<Promise<unknown>>()
  const stopping = new AbortController()
  const closing = new AbortController()
  const engine: Engine = {
    config,
    registrations,
    secretKeys,
    baseUrl,
    relay,
    store,
    vault,
    outbound,
    cache: new CredentialCache(
      config.cache.maxEntries,
      now,
      async ({ userId, ...question }) => {
        await readCredential(engine, userId === undefined ? question : { ...question, userId }).catch(() => undefined)
      },
      (tenantId, connectionId, count) => engine.reads.add(tenantId, connectionId, count),
    ),
    reads: new ReadCounts(now, () => engine.background(engine.reads.store(store))),
    flights: new Map(),
    refreshLimit: new ConcurrencyLimit(refreshesAtOnce),
    gates: new ProviderGates(health.states),
    health,
    dueWork: new ConcurrencyLimit(dueWorkAtOnce),
    maintenanceSecret: resolveMaintenanceSecret(config, env),
    deliveries: new EventDeliveries({ store, telemetry, fetch: outbound.fetch, config: () => engine.config, now, closing: closing.signal }),
    revocations: new RevocationQueue(() => engine),
    keyTries: limitKeyTries(),
    statusReads: limitStatusReads(),
    refusals: new RefusalCount(),
    telemetry,
    storeKind: storeKinds[database.kind],
    timing,
    owner: randomUUID(),
    now,
    followClock,
    background(work) {
      const settled: Promise<unknown> = work.catch(() => undefined).finally(() => underWay.delete(settled))
      underWay.add(settled)
    },
    stopping: stopping.signal,
    closing: closing.signal,
  }
  const unwatch = store.watch((tenantId) => (tenantId === undefined ? engine.cache.clear() : engine.cache.forgetTenant(tenantId)))
  const unobserve = telemetry.observe({
    countLookups: () => engine.cache.countLookups(),
    countDue: () => store.countDue(now(), dueCountLimit),
    async readBreakers() {
      const ids = [ownWayOut, ...engine.registrations.all.map(({ summary }) => summary.id)]
      const states = await Promise.all(ids.map((id) => health.states.find(id)))
      return new Map(states.map(({ provider, openedAt }) => [provider, openedAt !== undefined]))
    },
  })
  const aging = setInterval(() => engine.cache.age(), Math.max(ageEveryMs, config.cache.maxOutageMs)).unref()
  const counting = setInterval(() => engine.background(storeReads(engine)), storeReadsEveryMs).unref()
  const scheduler = new Scheduler(engine)
  if (config.allowInsecureLoopback) log('allowInsecureLoopback is on: provider endpoints may be http on this machine')

  /** Refreshes first: what they get has to be stored. */
  const settleAll = async (): Promise<void> => {
    await Promise.allSettled(engine.flights.values())
    while (underWay.size > 0) await Promise.allSettled(underWay)
  }
  let newest = version
  let isClosed = false
  return {
    engine,
    scheduler,
    get isClosed() {
      return isClosed
    },
    configure(newer, itsVersion) {
      if (itsVersion <= newest) return
      newest = itsVersion
      const newerKeys = new SecretKeys(resolveSecretKeys(newer, env))
      const newerRelay = resolveRelay(newer, baseUrl, env)
      engine.registrations = new Registrations(newer.providers, newer.allowInsecureLoopback)
      engine.secretKeys = newerKeys
      engine.relay = newerRelay
      engine.config = newer
      engine.maintenanceSecret = resolveMaintenanceSecret(newer, env)
      engine.cache.clear()
    },
    async close() {
      if (isClosed) return
      isClosed = true
      forget()
      stopping.abort()
      scheduler.stop()
      unwatch()
      unobserve()
      engine.background(Promise.all([engine.deliveries.stop(), engine.revocations.stop()]))
      clearInterval(aging)
      clearInterval(counting)
      engine.background(storeReads(engine))
      const impatience = once(closing.signal, 'abort')
      const timer = setTimeout(() => closing.abort(), timing.closingMs)
      await Promise.race([settleAll(), impatience])
      engine.cache.clear()
      vault.close()
      await outbound.close(closing.signal)
      await Promise.race([store.close(), impatience])
      clearTimeout(timer)
    },
  }
}
