import { statSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'

/** From this length on the log is copied into the database file: 500 pages of 8 KiB, which a disk takes in a few milliseconds. */
const longLog = 500 * 8_192
/** How often its length is looked at, in writes. */
const lookEvery = 32
/** So many pages are left to who writes: a log begins anew only when all of it is copied, and to writes that never pause a thread never catches up. */
const little = 128

// Plain text, since a bundler finds no file by itself.
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const { DatabaseSync } = require('node:sqlite')
const database = new DatabaseSync(workerData)
database.exec('PRAGMA busy_timeout = 1000; PRAGMA synchronous = FULL')
const copy = database.prepare('PRAGMA wal_checkpoint(PASSIVE)')
parentPort.on('message', (little) => {
  try {
    // What is written meanwhile is copied by the next pass, which has less to do.
    for (let pass = 0, left = Infinity; pass < 8 && left > little; pass += 1) {
      const { log, checkpointed } = copy.get()
      left = log - checkpointed
    }
  } catch {}
  parentPort.postMessage(undefined)
})`

/**
 * Copies the write-ahead log into the database file in a thread of its own: done by a write, as SQLite does by itself, it stops
 * everything else in the process for tens of milliseconds.
 */
export class Checkpointer {
  readonly #path: string
  readonly #copyRest: () => void
  #worker: Worker | undefined
  #isAtWork = false
  #writes = 0

  /** @param copyRest - copies what is left, at once */
  constructor(path: string, copyRest: () => void) {
    this.#path = path
    this.#copyRest = copyRest
  }

  /** To be called after each write. */
  noteWrite(): void {
    this.#writes += 1
    if (this.#isAtWork || this.#writes % lookEvery !== 0) return
    if ((statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0) >= longLog) void this.#copy()
  }

  async close(): Promise<void> {
    this.#isAtWork = true
    await this.#worker?.terminate()
  }

  async #copy(): Promise<void> {
    this.#isAtWork = true
    this.#worker ??= await this.#start()
    this.#worker.postMessage(little)
  }

  async #start(): Promise<Worker> {
    const { Worker: Thread } = await import('node:worker_threads')
    const worker = new Thread(program, { eval: true, workerData: this.#path, execArgv: [], stdout: true, stderr: true })
    worker.unref()
    worker.on('message', () => {
      this.#copyRest()
      this.#isAtWork = false
    })
    // Without it the log grows until a write copies it after all.
    worker.on('error', () => undefined)
    return worker
  }
}
