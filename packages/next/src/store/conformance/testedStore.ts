import { afterEach, beforeEach, expect } from 'vitest'
import { sampleChange, sampleSchedule } from '../sampleRecords.ts'
import type { AnsweringConnection, ConnectionRecord, CredentialLookup, EventRecord, Lease, ScheduleRecord, Store } from '../store.ts'

/** A store for each test, open and empty. */
export interface TestedStore {
  /** That of the test which runs. */
  readonly store: Store
  add(connection: ConnectionRecord, schedule?: Partial<ScheduleRecord>): Promise<void>
  /** Every event, in the order in which they were committed. */
  listEvents(): Promise<EventRecord[]>
}

/** Opens a store before each test of a `describe`, and closes it after. */
export function openTestedStore(makeStore: () => Store | Promise<Store>): TestedStore {
  let store: Store
  beforeEach(async () => {
    store = await makeStore()
    await store.open()
  })
  afterEach(() => store.close())

  return {
    get store() {
      return store
    },
    async add(connection, schedule = {}) {
      const change = sampleChange(connection, { schedule: sampleSchedule(connection, schedule) })
      expect(await store.commit(change, [])).toBe(true)
    },
    async listEvents() {
      return (await store.listEvents({ limit: 100 })).map(({ event }) => event).toReversed()
    },
  }
}

export const lookup: CredentialLookup = { tenantId: 'org_acme', provider: 'livechat', ownerId: 'user_1' }

/** What the hot read gives of a connection. */
export function answering(connection: ConnectionRecord): AnsweringConnection {
  const { ownerId, attachment, account, isDefault, missingScopes, healthState, healthCheckedAt, connectedAt, revision, ...answers } = connection
  return answers
}

/** What a lease expects of a connection as it was read, and the last lease that was seen. */
export function leaseExpectation({ grantGeneration = 1, tokenGeneration = 1 }: Partial<ConnectionRecord> = {}, intentGeneration?: number): Lease['expect'] {
  return { grantGeneration, tokenGeneration, intentGeneration }
}
