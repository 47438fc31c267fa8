import type { Client } from 'pg'
import { log } from '../../log.ts'

/** The channel on which a commit tells whose connections it changed. */
export const changeChannel = 'authpipe_change'

const firstRetryMs = 100
const longestRetryMs = 10_000
/** How often the connection is asked whether it is still there: a dead network says nothing by itself. */
const heartbeatMs = 30_000

/** Listens to what other processes change, over a connection of its own that is renewed when it breaks. */
export class ChangeListener {
  readonly #connect: () => Client
  readonly #watchers = new Set<(tenantId: string | undefined) => void>()
  #client: Client | undefined
  #timer: NodeJS.Timeout | undefined
  #failures = 0
  #isClosed = false

  /** @param connect - makes a client that is not connected yet */
  constructor(connect: () => Client) {
    this.#connect = connect
  }

  watch(onChange: (tenantId: string | undefined) => void): () => void {
    this.#watchers.add(onChange)
    if (!this.#client && !this.#timer) void this.#listen()
    return () => this.#watchers.delete(onChange)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => undefined)
  }

  async #listen(): Promise<void> {
    const client = this.#connect()
    this.#client = client
    client.on('notification', ({ payload }) => this.#tell(payload))
    client.on('error', () => this.#renew(client))
    client.on('end', () => this.#renew(client))
    try {
      await client.connect()
      await client.query(`LISTEN ${changeChannel}`)
    } catch {
      this.#renew(client)
      return
    }
    this.#failures = 0
    // Whatever was changed while nobody listened was not told.
    this.#tell(undefined)
    this.#beat(client)
  }

  #beat(client: Client): void {
    this.#timer = setTimeout(() => {
      const late = setTimeout(() => this.#renew(client), heartbeatMs).unref()
      client.query('SELECT 1').then(
        () => {
          clearTimeout(late)
          if (this.#client === client) this.#beat(client)
        },
        () => this.#renew(client),
      )
    }, heartbeatMs).unref()
  }

  #renew(client: Client): void {
    if (this.#client !== client || this.#isClosed) return
    this.#client = undefined
    client.end().catch(() => undefined)
    if (this.#failures === 0) log('the connection that listens to the database broke; it is renewed, and changes are seen a little later until then')
    this.#failures += 1
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#listen(), Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures)).unref()
  }

  #tell(tenantId: string | undefined): void {
    for (const watcher of this.#watchers) watcher(tenantId)
  }
}
