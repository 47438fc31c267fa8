// Where one of these differs and the change is meant: `npx pnpm build && npx pnpm snapshots` writes it anew, and a changeset tells of it.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { declarationsFile, listEntryPoints, measureEntry, readDeclarations, sizesFile } from './publicSurface.ts'

const entries = listEntryPoints()
const sizes = JSON.parse(readFileSync(sizesFile, 'utf8')) as Readonly<Record<string, number>>

test('each entry point has its snapshot, and nothing else has one', () => {
  expect(readdirSync(dirname(sizesFile)).toSorted()).toEqual([...entries.map((entry) => basename(declarationsFile(entry))), basename(sizesFile)].toSorted())
  expect(Object.keys(sizes)).toEqual(entries.map(({ name }) => name))
})

describe.each(entries)('$name', (entry) => {
  test('exports what it exported, with the same types', async () => {
    expect(await readDeclarations(entry)).toBe(readFileSync(declarationsFile(entry), 'utf8'))
  })

  test('weighs what it weighed, give or take a twentieth', async () => {
    const recorded = sizes[entry.name] ?? 0
    const room = Math.max(recorded / 20, 100)
    const size = await measureEntry(entry)
    expect(size).toBeGreaterThanOrEqual(recorded - room)
    expect(size).toBeLessThanOrEqual(recorded + room)
  })
})
