// Every option of createAuthpipe, checked: their shape when it runs, what comes from the environment at first use.
import { createError, Registration, type AuthpipeEvent, type Connection } from '@authpipe/core'
import { z } from 'zod'
import { isLoopbackHost } from './addressRules.ts'
import { parseBaseUrl, type BaseUrl } from './baseUrl.ts'
import { checkWebhookOptions, type WebhookOptions } from './events/webhookOptions.ts'
import type { Identify, Principal } from './principal.ts'
import { checkRelayOptions, createRelay, type Relay, type RelayOptions } from './relay/relayOptions.ts'
import { parseSecretKeys } from './secretKeys.ts'
import type { Store } from './store/store.ts'
import type { KeyManager } from './vault/keyManager.ts'
import type { WebhookEvent } from './webhooks/webhookEvent.ts'

/** What a principal is about to do, for `authorize`. */
export type Action = 'connect' | 'reconnect' | 'disconnect' | 'read' | 'check'

export interface AuthorizeQuestion {
  readonly principal: Principal
  readonly action: Action
  /** Provider id. */
  readonly provider: string
  /** Absent where there is none yet. */
  readonly connection?: Connection
}

export interface RefreshOptions {
  /**
   * How long before its expiry a token is refreshed in the background; for short-lived tokens at most half their life.
   * @defaultValue `300_000` (5 minutes)
   */
  readonly aheadMs?: number
  /**
   * Least life that a handed-out token has left; a token with less is refreshed first.
   * @defaultValue `5_000` (5 seconds)
   */
  readonly minLifeMs?: number
  /**
   * Forced refreshes of one connection closer together than this share one answer.
   * @defaultValue `1_000` (1 second)
   */
  readonly minForceIntervalMs?: number
  /**
   * Longest that a caller waits for a refresh, in whichever process it runs. What it waits for goes on and is stored.
   * @defaultValue `25_000` (25 seconds)
   */
  readonly deadlineMs?: number
}

export interface HealthOptions {
  /**
   * How long a health check may take.
   * @defaultValue `15_000` (15 seconds)
   */
  readonly timeoutMs?: number
  /**
   * About how long after one scheduled check of a connection the next one is made; a tenth sooner or later by chance.
   * @defaultValue `21_600_000` (6 hours)
   */
  readonly checkEveryMs?: number
  /**
   * How many checks in a row must find a credential or account refused before the connection is taken for unusable.
   * @defaultValue `2`
   */
  readonly confirmations?: number
  /**
   * How far apart such checks are at least.
   * @defaultValue `300_000` (5 minutes)
   */
  readonly confirmAfterMs?: number
  /**
   * Share of a provider's last probes that must fail for its breaker to open: the provider is down then, and no connection is blamed.
   * @defaultValue `0.2` (20 %)
   */
  readonly breakerShare?: number
  /**
   * How many probes of a provider its breaker remembers.
   * @defaultValue `50`
   */
  readonly breakerWindow?: number
  /**
   * How long after an open breaker has let a few probes through it lets the next ones through.
   * @defaultValue `60_000` (1 minute)
   */
  readonly breakerProbeMs?: number
  /**
   * Share of a provider's known rate limit that scheduled checks use at most, in all processes together.
   * @defaultValue `0.05` (5 %)
   */
  readonly rateShare?: number
}

export interface MaintenanceOptions {
  /**
   * `auto` starts the scheduler with the first request or `ready()`; `manual` leaves it to `start()`, `maintain()` and the route.
   * @defaultValue `auto`
   */
  readonly mode?: 'auto' | 'manual'
  /**
   * How long before a refresh token dies of age `credential.expiring` is told; at most a quarter of its life.
   * @defaultValue `604_800_000` (7 days)
   */
  readonly warnBeforeMs?: number
  /**
   * How long events are kept, once everybody who is to be told of them was.
   * @defaultValue `7_776_000_000` (90 days)
   */
  readonly keepEventsMs?: number
}

export interface CacheOptions {
  /**
   * How long a read may miss what another process changed.
   * @defaultValue `5_000` (5 seconds)
   */
  readonly maxStaleMs?: number
  /**
   * How much older a remembered credential may be while the database cannot be reached; it is marked as `stale`, and never given past
   * its end. A disconnect that another process makes meanwhile is not seen.
   * @defaultValue `300_000` (5 minutes)
   */
  readonly maxOutageMs?: number
  /**
   * Most credentials kept in memory.
   * @defaultValue `10_000`
   */
  readonly maxEntries?: number
}

/** Where and how to reach PostgreSQL. */
export interface PostgresOptions {
  /** `postgres://…`, also that of a transaction pooler. */
  readonly url: string
  /**
   * Where to listen for what other processes change: PostgreSQL itself, since a pooler passes nothing on.
   * @defaultValue none: changes of other processes are seen when what is remembered runs out (`cache.maxStaleMs`)
   */
  readonly listenUrl?: string
  /**
   * Whether statements are prepared once for each connection. Turn it off for a pooler that cannot.
   * @defaultValue `true`
   */
  readonly preparedStatements?: boolean
  /**
   * Most connections that one process keeps.
   * @defaultValue `8`
   */
  readonly poolSize?: number
}

/** Options of {@link createAuthpipe}. */
export interface AuthpipeOptions {
  /** Registrations, each made by calling a provider. */
  readonly providers: readonly Registration[]
  /**
   * Says who is signed in; `null` when nobody is. It may `await cookies()`. A throw, a hang or junk counts as nobody.
   * @security Whoever it names can connect and use accounts under that name.
   */
  readonly identify: Identify
  /** @defaultValue `5_000` (5 seconds) */
  readonly identifyTimeoutMs?: number
  /**
   * The app's own rule beside ownership, such as "only admins disconnect". `false`, a throw or a hang refuses.
   * @defaultValue allows the owner everything
   */
  readonly authorize?: (question: AuthorizeQuestion) => Promise<boolean> | boolean
  /**
   * Public URL of the mounted routes.
   * @defaultValue `AUTHPIPE_BASE_URL`; in development `http://localhost:3000/api/authpipe`
   */
  readonly baseUrl?: string
  /**
   * For preview deployments, whose URLs are registered at no provider: one deployment whose host stays (`to`) passes the answers of
   * providers on to those that asked (`through`).
   * @defaultValue none: providers return to `baseUrl`
   */
  readonly relay?: RelayOptions | undefined
  /**
   * Key-encryption keys as `id:base64-of-32-bytes`, comma separated, the first is current; or a key manager of your own.
   * @defaultValue `AUTHPIPE_KEYS`; in development one is made and kept beside the database
   */
  readonly keys?: string | KeyManager
  /**
   * `file:` for embedded SQLite, `postgres://` for PostgreSQL (which a plain URL also listens to), or a `Store` of your own.
   * @defaultValue `AUTHPIPE_DATABASE_URL`, else `file:.authpipe/authpipe.db`
   */
  readonly database?: string | PostgresOptions | Store
  /**
   * Keys by which other services of yours ask `POST /credentials` and its like: `ap_…`, comma separated or as a list, several while
   * one replaces another. `generateSecretKey()` makes one.
   * @defaultValue `AUTHPIPE_SECRET_KEYS`; without either those routes refuse everybody
   * @security Whoever has one reads every credential of every tenant.
   */
  readonly secretKeys?: string | readonly string[]
  /**
   * Called after something happened and was stored; at least once for each event, in no certain order. A throw, or more than 30
   * seconds, and it is told again, ever more rarely, for 3 days.
   */
  readonly onEvent?: (event: AuthpipeEvent) => Promise<void> | void
  /** Where the same events are posted, signed. Any 2xx within 15 seconds takes one; else it is sent again as to `onEvent`. */
  readonly webhooks?: WebhookOptions
  /**
   * Takes a provider's webhook that was verified and stored; at least once for each, in no certain order. A throw, or more than
   * 30 seconds, and it is offered again, for 7 days.
   */
  readonly onWebhook?: (event: WebhookEvent) => Promise<void> | void
  /**
   * Lets provider endpoints be http URLs of this machine, for a sandbox or tests.
   * @defaultValue `false`
   */
  readonly allowInsecureLoopback?: boolean
  /**
   * Work beside requests: refreshing ahead, checks, deliveries, cleaning up. `auto` starts the scheduler with the first request or
   * `ready()`; `manual` leaves it to `start()`, `maintain()` and the route. An object has further options, and `mode` for this.
   * @defaultValue `auto`
   */
  readonly maintenance?: 'auto' | 'manual' | MaintenanceOptions
  /**
   * Bearer secret of the route `/maintenance`, for a cron job.
   * @defaultValue `AUTHPIPE_MAINTENANCE_SECRET`, else `CRON_SECRET`; without any the route does nothing
   */
  readonly maintenanceSecret?: string
  readonly refresh?: RefreshOptions
  readonly health?: HealthOptions
  readonly cache?: CacheOptions
}

/** The options with every default filled in, without what the environment adds. */
export interface Config extends Omit<AuthpipeOptions, 'webhooks' | 'maintenance' | 'refresh' | 'health' | 'cache'> {
  readonly webhooks?: Required<WebhookOptions>
  readonly identifyTimeoutMs: number
  readonly allowInsecureLoopback: boolean
  readonly maintenance: Required<MaintenanceOptions>
  readonly refresh: Required<RefreshOptions>
  readonly health: Required<HealthOptions>
  readonly cache: Required<CacheOptions>
}

const dayMs = 86_400_000
const milliseconds = z.number().int().min(0).max(dayMs)
const longMilliseconds = z.number().int().min(1).max(3_650 * dayMs)
const share = z.number().gt(0).max(1)
const maintenanceMode = z.enum(['auto', 'manual'])
const maintenanceGroup = z.strictObject({
  mode: maintenanceMode.default('auto'),
  warnBeforeMs: longMilliseconds.default(7 * dayMs),
  keepEventsMs: longMilliseconds.default(90 * dayMs),
})
const aFunction = z.custom<(...values: never[]) => unknown>((value) => typeof value === 'function', 'must be a function')
const withMethods = (...names: string[]): z.ZodType =>
  z.custom((value) => typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'function'), `must be a string or an object with ${names.join(', ')}`)

const shape = z.strictObject({
  providers: z
    .array(z.custom<Registration>((value) => value instanceof Registration || isRegistrationLike(value), 'must be made by calling a provider, such as livechat({ clientId, clientSecret })'))
    .min(1, 'needs at least one provider, such as livechat({ clientId, clientSecret })'),
  identify: aFunction,
  identifyTimeoutMs: milliseconds.min(1).default(5_000),
  authorize: aFunction.optional(),
  baseUrl: z.string().optional(),
  relay: z
    .strictObject({ through: z.string().optional(), to: z.array(z.string()).optional(), secret: z.string().optional() })
    .refine(({ through, to = [] }) => (through === undefined) === to.length > 0, 'needs either "through", on a preview, or "to" with at least one origin, on the deployment that relays')
    .optional(),
  keys: z.union([z.string(), withMethods('wrap', 'unwrap')]).optional(),
  database: z
    .union([
      z.string(),
      z.strictObject({ url: z.string(), listenUrl: z.string().optional(), preparedStatements: z.boolean().optional(), poolSize: z.number().int().min(1).max(100).optional() }),
      withMethods('open', 'close', 'commit', 'findCredential'),
    ])
    .optional(),
  secretKeys: z.union([z.string(), z.array(z.string())]).optional(),
  onEvent: aFunction.optional(),
  webhooks: z.strictObject({ url: z.string(), secrets: z.array(z.string()), maxPerSecond: z.number().int().min(1).max(1_000).default(20) }).optional(),
  onWebhook: aFunction.optional(),
  allowInsecureLoopback: z.boolean().default(false),
  maintenance: z.union([maintenanceMode, maintenanceGroup]).default('auto'),
  maintenanceSecret: z.string().min(1).optional(),
  refresh: z.strictObject({ aheadMs: milliseconds.default(300_000), minLifeMs: milliseconds.default(5_000), minForceIntervalMs: milliseconds.default(1_000), deadlineMs: milliseconds.min(1).default(25_000) }).prefault({}),
  health: z
    .strictObject({
      timeoutMs: milliseconds.min(1).default(15_000),
      checkEveryMs: longMilliseconds.default(6 * 3_600_000),
      confirmations: z.number().int().min(1).max(20).default(2),
      confirmAfterMs: milliseconds.min(1).default(300_000),
      breakerShare: share.default(0.2),
      breakerWindow: z.number().int().min(2).max(1_000).default(50),
      breakerProbeMs: milliseconds.min(1).default(60_000),
      rateShare: share.default(0.05),
    })
    .prefault({}),
  cache: z.strictObject({ maxStaleMs: milliseconds.default(5_000), maxOutageMs: milliseconds.default(300_000), maxEntries: z.number().int().min(1).default(10_000) }).prefault({}),
})

// Next.js may load a module more than once in a process, so a registration can come from another copy of its class.
function isRegistrationLike(value: unknown): boolean {
  return typeof value === 'object' && value !== null && value.constructor?.name === 'Registration' && 'definition' in value && 'options' in value
}

/**
 * Checks the shape of every option and fills in defaults. Reads nothing from the environment and opens nothing.
 *
 * @throws {AuthpipeError} `invalid_configuration` with one sentence that says the fix
 */
export function checkOptions(options: AuthpipeOptions): Config {
  const result = shape.safeParse(options)
  if (!result.success) {
    const issue = innermost(result.error.issues[0])
    const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])].join('.') || 'options'
    const problem = issue?.code === 'unrecognized_keys' ? 'is not an option of this version' : (issue?.message ?? 'is not valid')
    throw createError('invalid_configuration', `createAuthpipe: "${path}" ${/^(must|needs|is not)/.test(problem) ? problem : `is not valid: ${problem}`}.`)
  }
  const { webhooks, identifyTimeoutMs, allowInsecureLoopback, maintenance, refresh, health, cache } = result.data
  if (webhooks) checkWebhookOptions(webhooks, allowInsecureLoopback)
  if (options.relay) checkRelayOptions(options.relay, allowInsecureLoopback)
  const { webhooks: _unchecked, ...others } = options
  return {
    ...others,
    ...(webhooks ? { webhooks } : {}),
    identifyTimeoutMs,
    allowInsecureLoopback,
    maintenance: typeof maintenance === 'string' ? maintenanceGroup.parse({ mode: maintenance }) : maintenance,
    refresh,
    health,
    cache,
  }
}

/** What is wrong inside the group that could also be a word. */
function innermost(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union' || issue.path[0] !== 'maintenance') return issue
  const inner = issue.errors.flat().find(({ path, code }) => path.length > 0 || code === 'unrecognized_keys')
  return inner ? { ...inner, path: [...issue.path, ...inner.path] } : issue
}

/** Variables of the environment by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** @throws {AuthpipeError} `invalid_configuration` */
export function resolveBaseUrl(config: Pick<Config, 'baseUrl'>, env: Environment): BaseUrl {
  const text = config.baseUrl ?? env.AUTHPIPE_BASE_URL ?? (env.NODE_ENV === 'production' ? undefined : 'http://localhost:3000/api/authpipe')
  if (!text) {
    throw createError('invalid_configuration', 'Set AUTHPIPE_BASE_URL (or "baseUrl") to the public URL of the mounted routes, such as https://app.example.com/api/authpipe.')
  }
  const baseUrl = parseBaseUrl(text)
  if (!baseUrl) throw createError('invalid_configuration', 'The base URL must be a plain http or https URL such as https://app.example.com/api/authpipe.')
  const { hostname } = new URL(baseUrl.href)
  if (!baseUrl.secure && !isLoopbackHost(hostname)) {
    throw createError('invalid_configuration', `The base URL must start with https://, since ${hostname} is not this machine: cookies and codes would travel in the open.`)
  }
  return baseUrl
}

/** @throws {AuthpipeError} `invalid_configuration` for a secret that is missing or weak */
export function resolveRelay({ relay, allowInsecureLoopback }: Pick<Config, 'relay' | 'allowInsecureLoopback'>, baseUrl: BaseUrl, env: Environment): Relay | undefined {
  return relay && createRelay(relay, { baseUrl, secret: env.AUTHPIPE_RELAY_SECRET, allowInsecureLoopback })
}

/** @throws {AuthpipeError} `invalid_configuration` for a weak key */
export function resolveSecretKeys({ secretKeys }: Config, env: Environment): readonly string[] {
  return parseSecretKeys([secretKeys ?? env.AUTHPIPE_SECRET_KEYS ?? ''].flat().join(','))
}

/** What whoever asks for maintenance has to know; `undefined` where nobody may. */
export function resolveMaintenanceSecret({ maintenanceSecret }: Config, env: Environment): string | undefined {
  return maintenanceSecret ?? (env.AUTHPIPE_MAINTENANCE_SECRET || env.CRON_SECRET || undefined)
}

/** Which database to open, or the store to use. */
export type Database =
  | { readonly kind: 'sqlite'; readonly path: string }
  | ({ readonly kind: 'postgres' } & PostgresOptions)
  | { readonly kind: 'store'; readonly store: Store }

/** @throws {AuthpipeError} `invalid_configuration` */
export function resolveDatabase({ database }: Pick<Config, 'database'>, env: Environment): Database {
  if (typeof database === 'object' && !('url' in database)) return { kind: 'store', store: database }
  if (typeof database === 'object') {
    for (const url of [database.url, database.listenUrl]) if (url !== undefined) checkPostgresUrl(url)
    return { kind: 'postgres', ...database }
  }
  const url = database ?? env.AUTHPIPE_DATABASE_URL ?? 'file:.authpipe/authpipe.db'
  const path = /^file:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1]
  if (path !== undefined) return { kind: 'sqlite', path }
  checkPostgresUrl(url)
  return { kind: 'postgres', url, listenUrl: url }
}

function checkPostgresUrl(url: string): void {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return
  throw createError(
    'invalid_configuration',
    'The database must be a "file:" URL such as file:.authpipe/authpipe.db, a "postgres://" URL, or a Store of your own.',
  )
}
