// `pnpm bench`: the built packages against floors, as tables. It measures; it passes and fails nothing.
// `pnpm bench reads due` runs some parts: reads, refreshes, due, memory, herd, bundles.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Comparison } from './compare.ts'
import type { DueWork } from './dueWork.ts'
import type { Filled } from './fillDatabase.ts'
import type { HerdOutcome } from './herd/herd.ts'
import type { ButtonSize } from './measureButton.ts'
import type { PeerSize } from './measurePeers.ts'
import { printTable, type Line } from './printTable.ts'

const root = join(import.meta.dirname, '..')
// A build that is up to date costs a second, and a number for an older one costs more.
execFileSync(join(root, 'node_modules/.bin/turbo'), ['run', 'build', '--filter=@authpipe/next', '--filter=@authpipe/node', '--filter=@authpipe/react', '--filter=@authpipe/sandbox', '--output-logs=errors-only'], { cwd: root, stdio: 'inherit' })

const { openSqlite } = await import('./database/openSqlite.ts')
const { openPostgres } = await import('./database/openPostgres.ts')
const { fillDatabase } = await import('./fillDatabase.ts')
const { warmRead } = await import('./warmRead.ts')
const { serviceRead } = await import('./serviceRead.ts')
const { coldRead } = await import('./coldRead.ts')
const { refresh } = await import('./refresh.ts')
const { dueWork } = await import('./dueWork.ts')
const { secretSize } = await import('./secretSize.ts')
const { cachedHeap } = await import('./cachedHeap.ts')
const { runHerd } = await import('./herd/herd.ts')
const { authpipeSide } = await import('./herd/authpipeSide.ts')
const { betterAuthSide } = await import('./herd/betterAuthSide.ts')
const { measureButton } = await import('./measureButton.ts')
const { measurePeers } = await import('./measurePeers.ts')
const { bundle } = await import('./bundle.ts')

const asked = new Set(process.argv.slice(2))
const wants = (...parts: readonly string[]): boolean => asked.size === 0 || parts.some((part) => asked.has(part))
const directory = mkdtempSync(join(tmpdir(), 'authpipe-bench-'))
try {
  if (wants('reads', 'refreshes', 'memory')) await onFilledDatabases()
  if (wants('due')) await onSchedules()
  if (wants('memory')) await onSecrets()
  if (wants('herd')) {
    say('Two hundred readers in four processes, when the token is over, at a provider that ends a grant on reuse.')
    printTable(['library', 'token requests', 'readers served', 'grant survives', 'until the last'], [await runHerd(authpipeSide, directory), await runHerd(betterAuthSide, directory)].map(herdLine))
  }
  if (wants('bundles')) {
    say('Bundling.')
    const { gzipped: client } = await bundle("export { createAuthpipeClient } from '@authpipe/node'")
    printTable(['what a page loads', 'size', 'ratio', 'goal', ''], [...sizeLines(await measureButton(), await measurePeers()), ['@authpipe/node with the built-in providers, gzip', `${client} B`, '', '', '']])
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function onFilledDatabases(): Promise<void> {
  say('Filling both databases with 100 000 connections, then nine rounds of each case: some minutes.')
  const comparisons: Comparison[] = []
  const onSqlite = await fillDatabase(await openSqlite(join(directory, 'filled.db')))
  if (wants('reads')) comparisons.push(...(await warmRead(onSqlite)), ...(await serviceRead(onSqlite)), await coldRead(onSqlite))
  if (wants('refreshes')) comparisons.push(await refresh(onSqlite))
  const heap = wants('memory') ? await cachedHeap(onSqlite) : undefined
  await onSqlite.database.close()
  if (wants('reads', 'refreshes')) {
    const onPostgres: Filled = await fillDatabase(await openPostgres())
    if (wants('reads')) comparisons.push(await coldRead(onPostgres))
    if (wants('refreshes')) comparisons.push(await refresh(onPostgres))
    await onPostgres.database.close()
    printTable(['case', 'min', 'median', 'ratio', 'goal', ''], comparisons.flatMap(timeLines))
  }
  if (heap) printTable(['heap', 'bytes', 'goal', ''], [[`one remembered credential with a token of ${heap.token} characters`, heap.entry.toFixed(0), '900', heap.entry <= 900 ? 'ok' : 'over']])
}

async function onSchedules(): Promise<void> {
  say('Claiming what is due and putting it on again, at 10 000 and at 1 000 000 rows.')
  const outcomes: DueWork[] = []
  const onSqlite = await openSqlite(join(directory, 'schedule.db'))
  const onPostgres = await openPostgres()
  for (const rows of [10_000, 1_000_000]) {
    outcomes.push(await dueWork(onSqlite, { rows, batch: 100, goal: 15_000 }))
    outcomes.push(await dueWork(onSqlite, { rows, batch: 1_000, goal: 30_000 }))
    outcomes.push(await dueWork(onPostgres, { rows, batch: 1_000, goal: 30_000 }))
  }
  await onSqlite.close()
  await onPostgres.close()
  printTable(['case', 'rows/s', 'goal', '', 'blocked p99', 'longest'], outcomes.map(dueLine))
}

async function onSecrets(): Promise<void> {
  const [onSqlite, onPostgres] = [await openSqlite(join(directory, 'secrets.db')), await openPostgres()]
  const lines: Line[] = []
  for (const database of [onSqlite, onPostgres]) {
    const bytes = await secretSize(database)
    lines.push([`a million secrets of 2 kB on ${database.kind}`, `${(bytes / 1_000).toFixed(2)} GB`, '2.8 GB', bytes <= 2_800 ? 'ok' : 'over'])
    await database.close()
  }
  printTable(['disk', 'size', 'goal', ''], lines)
}

function say(what: string): void {
  console.log(`\n${what}`)
}

function timeLines({ name, floorName, floor, subject, ratio, goal }: Comparison): Line[] {
  return [
    [name, microseconds(subject.min), microseconds(subject.median), `${ratio.toFixed(2)}x`, `${goal.toFixed(1)}x`, ratio <= goal ? 'ok' : 'over'],
    [`  floor: ${floorName}`, microseconds(floor.min), microseconds(floor.median), '', '', ''],
  ]
}

function dueLine({ name, rowsPerSecond, goal, blockedMs }: DueWork): Line {
  return [name, rowsPerSecond.toFixed(0), String(goal), rowsPerSecond >= goal ? 'ok' : 'under', `${blockedMs.p99.toFixed(1)} ms`, `${blockedMs.max.toFixed(1)} ms`]
}

function herdLine({ name, tokenRequests, served, survives, lastMs }: HerdOutcome): Line {
  return [name, String(tokenRequests), `${served} of 200`, survives ? 'yes' : 'no', `${lastMs.toFixed(0)} ms`]
}

function sizeLines({ code, all, styles }: ButtonSize, peers: readonly PeerSize[]): Line[] {
  const goal = 4_096
  return [
    ['ConnectButton, gzip, without React and TanStack Query', `${code} B`, `${(code / goal).toFixed(2)}x`, `${goal} B`, code <= goal ? 'ok' : 'over'],
    ['  with all that comes later: what follows the first paint, the attempt, its note, the dialog for keys', `${all} B`, '', '', ''],
    ['  styles.css, gzip', `${styles} B`, '', '', ''],
    ...peers.map(({ name, code: theirs }): Line => [`  peer: ${name}`, `${theirs} B`, `${(theirs / code).toFixed(2)} of ours`, '', '']),
  ]
}

function microseconds(value: number): string {
  return value < 1 ? `${(value * 1000).toFixed(0)} ns` : `${value.toFixed(value < 100 ? 1 : 0)} µs`
}
