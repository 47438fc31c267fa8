import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sampleChange, sampleConnection, sampleSecret } from '../sampleRecords.ts'
import { SqliteStore } from './sqliteStore.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'authpipe-checkpoint-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

test('a long log is copied into the database file while writing goes on, and begins anew', async () => {
  const path = join(directory, 'authpipe.db')
  const store = new SqliteStore({ path })
  await store.open()
  let connection = sampleConnection()
  await store.commit(sampleChange(connection), [])
  const firstSalt = readSalt(path)
  for (let round = 0; round < 64; round += 1) {
    await store.commit(sampleChange(connection, { expect: { grantGeneration: 1 }, secrets: [sampleSecret(connection, { sealed: new Uint8Array(1_000_000).fill(round) })] }), [])
    connection = { ...connection, updatedAt: round }
  }
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(32_000_000)
  // What was copied is written over from the start: the log does not grow on.
  let writes = 100
  await vi.waitFor(async () => {
    await store.commit(sampleChange({ ...connection, updatedAt: (writes += 1) }, { expect: { grantGeneration: 1 } }), [])
    expect(readSalt(path)).not.toBe(firstSalt)
  }, 10_000)
  await store.close()
  expect(statSync(`${path}-wal`, { throwIfNoEntry: false })).toBeUndefined()
})

/** The log has another salt in its header each time it begins anew. @see https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
function readSalt(path: string): number {
  const header = Buffer.alloc(32)
  const file = openSync(`${path}-wal`, 'r')
  readSync(file, header, 0, 32, 0)
  closeSync(file)
  return header.readUInt32BE(16)
}
