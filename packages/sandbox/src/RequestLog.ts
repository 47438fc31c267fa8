import type { Endpoint } from './standIn.ts'

/** One request that came in: where it went and how it ended, never what it carried. */
export interface RequestLogEntry {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly method: string
  /** Without the query, which may hold secrets. */
  readonly path: string
  /** Which stand-in it was for. */
  readonly standIn: string
  readonly endpoint: Endpoint
  /** `undefined` while there is no answer yet, or where none ever came. */
  readonly status: number | undefined
}

/** The requests of all stand-ins, in the order they came. */
export class RequestLog {
  readonly #entries: { -readonly [K in keyof RequestLogEntry]: RequestLogEntry[K] }[] = []

  /** Notes a request; call the result with the status once it is answered. */
  record(entry: Omit<RequestLogEntry, 'status'>): (status: number) => void {
    const line = { ...entry, status: undefined as number | undefined }
    this.#entries.push(line)
    return (status) => {
      line.status = status
    }
  }

  entries(): readonly RequestLogEntry[] {
    return this.#entries.map((entry) => ({ ...entry }))
  }

  count(standIn: string, endpoint: Endpoint): number {
    return this.#entries.filter((entry) => entry.standIn === standIn && entry.endpoint === endpoint).length
  }

  clear(standIn: string): void {
    const others = this.#entries.filter((entry) => entry.standIn !== standIn)
    this.#entries.splice(0, this.#entries.length, ...others)
  }
}
