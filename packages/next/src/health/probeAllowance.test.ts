import { afterEach, beforeEach, expect, test } from 'vitest'
import { SqliteStore } from '../store/sqlite/sqliteStore.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProbeAllowance } from './probeAllowance.ts'

const limit = { requests: 200, perSeconds: 60 }

let directory: string
let store: SqliteStore
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'authpipe-test-'))
  store = new SqliteStore({ path: join(directory, 'authpipe.db') })
  await store.open()
})
afterEach(async () => {
  await store.close()
  await rm(directory, { recursive: true })
})

/** Takes so many with each allowance, all at once. */
function takeMany(count: number, name: string, now: number, ...allowances: readonly ProbeAllowance[]): Promise<(number | undefined)[]> {
  return Promise.all(allowances.flatMap((allowance) => Array.from({ length: count }, () => allowance.take(name, limit, 0.05, now))))
}

const granted = (answers: readonly (number | undefined)[]): number => answers.filter((answer) => answer === undefined).length

// HC-8
test('gives a share of the limit in each of its windows, and says when there is more', async () => {
  const allowance = new ProbeAllowance(store)
  const answers = await takeMany(30, 'acme', 60_001, allowance)

  expect([granted(answers), Math.max(...answers.map((answer) => answer ?? 0))]).toEqual([10, 120_000])
  expect([granted(await takeMany(5, 'acme', 119_999, allowance)), granted(await takeMany(30, 'acme', 120_000, allowance))]).toEqual([0, 10])
})

// HC-8
test('gives it to four processes together, and not to each', async () => {
  const answers = await takeMany(50, 'acme', 0, ...Array.from({ length: 4 }, () => new ProbeAllowance(store)))

  expect(granted(answers)).toBe(10)
})

test('gives each account its own', async () => {
  const allowance = new ProbeAllowance(store)
  await takeMany(30, 'acme', 0, allowance)

  expect(granted(await takeMany(30, 'northwind', 0, allowance))).toBe(10)
})

test('gives one where the share is less than that, so that a check is made at all', async () => {
  const allowance = new ProbeAllowance(store)
  const take = () => allowance.take('acme', { requests: 1, perSeconds: 1 }, 0.05, 0)

  expect([await take(), await take()]).toEqual([undefined, 1_000])
})
