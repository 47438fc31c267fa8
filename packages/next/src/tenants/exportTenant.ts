// The way out: everything of a tenant in one encrypted file, and with it the right to refresh.
import { AuthpipeError, createError } from '@authpipe/core'
import { setTimeout as sleep } from 'node:timers/promises'
import { commitChange } from '../commitChange.ts'
import type { ConnectionRef } from '../credentials/connectionErrors.ts'
import { refreshCredential } from '../credentials/refreshCredential.ts'
import { openSecret } from '../credentials/sealTokens.ts'
import type { Engine } from '../engine.ts'
import { createTenantEvent } from '../events/authpipeEvent.ts'
import { log } from '../log.ts'
import { isId } from '../principal.ts'
import { isHandedOver, never } from '../store/handOver.ts'
import type { ConnectionRecord, LeaseRecord, RevocationRecord, ScheduleRecord, SecretRecord } from '../store/store.ts'
import { clientIdOf } from './clientIdOf.ts'
import { encodeContents, type TravellingConnection } from './tenantContents.ts'
import { sealTenantFile } from './tenantFile.ts'
import { parsePublicKey } from './transferKey.ts'

/** Which tenant is exported, and for whom. */
export interface TenantExport {
  readonly tenantId: string
  /** The recipient's public key: elliptic curve P-256, in PEM, as `npx authpipe keygen --transfer` prints it. */
  readonly recipient: string
}

/** A connection as it was read, opened. */
interface Copy {
  readonly connection: ConnectionRecord
  readonly schedule: (ScheduleRecord & LeaseRecord) | undefined
  readonly secrets: TravellingConnection['secrets']
}

type TravellingRevocation = TravellingConnection['revocations'][number]

/** How often a connection is looked at that somebody refreshes. */
const waitStepMs = 100

/** @throws {AuthpipeError} see `Authpipe.exportTenant` */
export async function exportTenant(engine: Engine, { tenantId, recipient }: TenantExport): Promise<string> {
  if (!isId(tenantId)) throw createError('invalid_request', 'exportTenant needs the tenantId of the tenant to export.')
  const key = await parsePublicKey(recipient)
  const { store } = engine
  const [connections, endpoints] = await Promise.all([store.listConnectionsOfTenant(tenantId), store.listWebhookEndpoints(tenantId)])
  if (connections.length === 0 && endpoints.length === 0) {
    throw createError('not_found', 'This tenant has no connections and no webhook endpoints here, so there is nothing to export. Check its id.')
  }

  // All is opened before anything is let go: what cannot be opened leaves the tenant as it was.
  const copies: Copy[] = []
  for (const { id } of connections) copies.push(await copyConnection(engine, { tenantId, connectionId: id }))
  for (const [index, copy] of copies.entries()) copies[index] = await letGo(engine, copy)
  const revocations = await takeRevocations(engine, tenantId)

  const travelling: TravellingConnection[] = []
  for (const copy of copies) travelling.push(await toTravelling(engine, copy, revocations.get(copy.connection.id) ?? []))
  const facts = { connections: travelling.length, webhookEndpoints: endpoints.length, recipient: key.kid }
  const contents = encodeContents({
    tenantId,
    exportedAt: engine.now(),
    connections: travelling,
    webhookEndpoints: endpoints.map(({ idHash, provider, isSigned, createdAt }) => ({ idHash, provider, isSigned, createdAt })),
  })
  try {
    const file = await sealTenantFile(contents, key)
    await store.commit({ tenantId, connectionId: '', expect: 'absent' }, [createTenantEvent('tenant.exported', tenantId, engine.now(), facts)])
    log('a tenant was exported', facts)
    return file
  } finally {
    contents.fill(0)
    for (const { secrets, revocations: queued } of travelling) {
      for (const secret of [...Object.values(secrets), ...queued.map(({ secret }) => secret)]) secret.fill(0)
    }
  }
}

async function copyConnection(engine: Engine, { tenantId, connectionId }: ConnectionRef): Promise<Copy> {
  const found = await engine.store.findRefreshable(tenantId, connectionId)
  if (!found) throw again('A tenant was erased while it was exported.')
  const { connection, schedule, refreshToken } = found
  // A newer one than the connection's is found out by the revision, when it is let go.
  const credential = await engine.store.findSecret(tenantId, connectionId, 'credential')
  const open = (secret: SecretRecord): Promise<Uint8Array> => openSecret(engine, connection.provider, secret)
  const secrets = { ...(credential ? { credential: await open(credential) } : {}), ...(refreshToken ? { refresh_token: await open(refreshToken) } : {}) }
  return { connection, schedule, secrets }
}

/**
 * Gives the right to refresh a connection away, as it was copied. A refresh that is under way is waited for, and its token copied.
 *
 * @throws {AuthpipeError} `refresh_failed` (retryable) where it is not known in time which token is the newest
 */
async function letGo(engine: Engine, copy: Copy): Promise<Copy> {
  const ref = { tenantId: copy.connection.tenantId, connectionId: copy.connection.id }
  const started = performance.now()
  for (let present = copy; ; present = await copyConnection(engine, ref)) {
    // It has no token that anybody could refresh, and nothing about it is due.
    if (present.connection.status === 'revoked') return present
    if (!isUncertain(engine, present) && (await handOver(engine, present))) return present
    if (performance.now() - started > engine.config.refresh.deadlineMs) throw again('A connection is being refreshed, or nobody knows yet how its last refresh ended.')
    if (isAbandoned(engine, present)) await refreshCredential(engine, ref, present.connection.tokenGeneration).catch(() => undefined)
    else await sleep(waitStepMs)
  }
}

/** @returns `false` when it has changed since it was copied, or somebody is refreshing it */
function handOver(engine: Engine, copy: Copy): Promise<boolean> {
  const { connection, schedule } = copy
  const { tenantId, id: connectionId } = connection
  // What nobody refreshes any more is never settled, and its user connects anew in any case.
  const isLeftForGood = connection.status === 'needs_reauth' && isAbandoned(engine, copy)
  const change = {
    tenantId,
    connectionId,
    expect: connection,
    // Written as it is, so that its revision moves on: whatever was concluded before lands no more.
    connection,
    schedule: { refreshAt: schedule?.refreshAt === undefined ? null : never, checkAt: null, warnAt: null },
    ...(isLeftForGood ? { endLease: 'any' as const } : {}),
    handOver: true,
  } as const
  return commitChange(engine, change, [])
}

/** Whether a process left off in the middle of a refresh: the next one settles what came of it. */
function isAbandoned(engine: Engine, { schedule }: Copy): boolean {
  return schedule?.intentAt !== undefined && (schedule.leaseUntil ?? 0) <= engine.now()
}

/** Whether a process may still come back with the token of an earlier refresh. */
function isUncertain({ now, timing }: Engine, { schedule }: Copy): boolean {
  const { failureClass, failingSince } = schedule ?? {}
  if (isHandedOver(schedule) || failingSince === undefined) return false
  return (failureClass === 'outcome_unknown' || failureClass === 'grant_uncertain') && now() < failingSince + timing.uncertainForMs
}

/** Leaves the tokens that wait to be revoked to who receives the tenant: one of them may be of an account that lives on there. */
async function takeRevocations(engine: Engine, tenantId: string): Promise<ReadonlyMap<string, TravellingRevocation[]>> {
  const byConnection = new Map<string, TravellingRevocation[]>()
  for (const record of await engine.store.listRevocationsOfTenant(tenantId)) {
    const secret = await openRevocation(engine, record)
    if (!secret) continue
    await engine.store.postponeRevocation(record.id, never)
    const { id, field, grantGeneration, tokenGeneration, settings, attempts, createdAt, connectionId } = record
    const taken = { id, field, secret, grantGeneration, tokenGeneration, settings, attempts, createdAt }
    byConnection.set(connectionId, [...(byConnection.get(connectionId) ?? []), taken])
  }
  return byConnection
}

/** @returns `undefined` for one that does not open: the queue gives it up too */
async function openRevocation(engine: Engine, record: RevocationRecord): Promise<Uint8Array | undefined> {
  try {
    return await openSecret(engine, record.provider, record)
  } catch (error) {
    if (error instanceof AuthpipeError && error.code === 'credential_undecryptable') return undefined
    throw error
  }
}

async function toTravelling(engine: Engine, { connection, schedule, secrets }: Copy, revocations: readonly TravellingRevocation[]): Promise<TravellingConnection> {
  const { tenantId: _said, revision: _here, ...facts } = connection
  const { refreshedAt, failingSince, failureCount = 0, failureClass, grantEndsAt } = schedule ?? {}
  const clientId = connection.status === 'revoked' ? undefined : await clientIdOf(engine, connection)
  return {
    ...facts,
    ...(clientId === undefined ? {} : { clientId }),
    secrets,
    refreshes: {
      ...(refreshedAt === undefined ? {} : { refreshedAt }),
      ...(failingSince === undefined ? {} : { failingSince }),
      failureCount,
      ...(failureClass === undefined ? {} : { failureClass }),
      ...(grantEndsAt === undefined ? {} : { grantEndsAt }),
    },
    revocations,
  }
}

const again = (problem: string): Error => createError('refresh_failed', `${problem} No file was made, and what was handed over stays so: export again in two minutes.`)
