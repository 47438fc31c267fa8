// `pnpm bench`: the built packages against floors, as one table. It measures; it passes and fails nothing.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Comparison } from './compare.ts'
import type { ButtonSize } from './measureButton.ts'
import { printTable, type Line } from './printTable.ts'

const root = join(import.meta.dirname, '..')
// A build that is up to date costs a second, and a number for an older one costs more.
execFileSync(join(root, 'node_modules/.bin/turbo'), ['run', 'build', '--filter=@authpipe/next', '--filter=@authpipe/node', '--filter=@authpipe/react', '--output-logs=errors-only'], { cwd: root, stdio: 'inherit' })

const [{ fillDatabase }, { warmRead }, { serviceRead }, { coldRead }, { refresh }, { measureButton }, { bundle }] = await Promise.all([
  import('./fillDatabase.ts'),
  import('./warmRead.ts'),
  import('./serviceRead.ts'),
  import('./coldRead.ts'),
  import('./refresh.ts'),
  import('./measureButton.ts'),
  import('./bundle.ts'),
])

const directory = mkdtempSync(join(tmpdir(), 'authpipe-bench-'))
try {
  console.log('Filling a database with 100 000 connections, then nine rounds of each case: about a minute.')
  const filled = await fillDatabase(join(directory, 'authpipe.db'))
  const comparisons = [...(await warmRead(filled)), ...(await serviceRead(filled)), await coldRead(filled, join(directory, 'reads.db')), await refresh(filled, join(directory, 'refreshes.db'))]
  const button = await measureButton()
  const client = await bundle("export { createAuthpipeClient } from '@authpipe/node'")
  printTable(['case', 'min', 'median', 'ratio', 'goal', ''], [...comparisons.flatMap(timeLines), ...sizeLines(button), ['@authpipe/node with the built-in providers, gzip', `${client.gzipped} B`, '', '', '', '']])
} finally {
  rmSync(directory, { recursive: true, force: true })
}

function timeLines({ name, floorName, floor, subject, ratio, goal }: Comparison): Line[] {
  return [
    [name, microseconds(subject.min), microseconds(subject.median), `${ratio.toFixed(2)}x`, `${goal.toFixed(1)}x`, ratio <= goal ? 'ok' : 'over'],
    [`  floor: ${floorName}`, microseconds(floor.min), microseconds(floor.median), '', '', ''],
  ]
}

function sizeLines({ code, all, styles }: ButtonSize): Line[] {
  const goal = 4_096
  return [
    ['ConnectButton, gzip, without React and TanStack Query', `${code} B`, '', `${(code / goal).toFixed(2)}x`, `${goal} B`, code <= goal ? 'ok' : 'over'],
    ['  with all that comes later: what follows the first paint, the attempt, its note, the dialog for keys', `${all} B`, '', '', '', ''],
    ['  styles.css, gzip', `${styles} B`, '', '', '', ''],
    // Measured in November 2026 with their newest versions; both without any styles.
    ['  peer: @nangohq/frontend, no interface', '3 820 B', '', '', '', ''],
    ['  peer: react-plaid-link, its button', '3 420 B', '', '', '', ''],
  ]
}

function microseconds(value: number): string {
  return value < 1 ? `${(value * 1000).toFixed(0)} ns` : `${value.toFixed(value < 100 ? 1 : 0)} µs`
}
