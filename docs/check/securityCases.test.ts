import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './listDocuments.ts'
import { readSecurityCases } from './readSecurityCases.ts'
import { readTests } from './readTests.ts'

/** How many rows each group has. A row that is done with stays, so that no number ever means something else. */
const groups = { ST: 27, MX: 15, TK: 31, PU: 30, BR: 13, HT: 23, RD: 10, SS: 15, AZ: 14, CR: 26, RF: 38, CA: 10, HC: 17, DB: 19, RV: 10, DV: 6, WI: 15, WO: 8, AK: 9, LK: 15, NX: 15, LM: 10, SC: 5, MT: 9 }
const ids = Object.entries(groups).flatMap(([group, count]) => Array.from({ length: count }, (_, index) => `${group}-${index + 1}`))

const document = readFileSync(join(root, 'docs/security-cases.md'), 'utf8')
const cases = readSecurityCases(document)
const files = readTests()

describe('docs/security-cases.md', () => {
  it('has every row of every group, once and in order', () => {
    expect(cases.map(({ id }) => id)).toEqual(ids)
  })

  it('has no line in its tables that cannot be read', () => {
    expect(document.match(/^\| [A-Z]{2}-\d+/gm)).toHaveLength(ids.length)
  })

  it('names a test for each row, or says why there is none', () => {
    expect(cases.filter(({ tests, reason }) => tests.length === 0 && reason === undefined).map(({ id }) => id)).toEqual([])
  })

  it('leaves nothing open that weighs much', () => {
    expect(cases.filter(({ weight, isOpen }) => isOpen && ['critical', 'high'].includes(weight)).map(({ id }) => id)).toEqual([])
  })

  it('names tests that there are', () => {
    const missing = cases.flatMap(({ id, tests }) => tests.filter(({ file, title }) => !files.get(file)?.titles.has(title)).map(({ file, title }) => `${id}: ${file} > ${title}`))
    expect(missing).toEqual([])
  })

  it('has every row that a test says it is about', () => {
    const unknown = Array.from(files.values()).flatMap(({ name, rows }) => Array.from(rows).filter((row) => !ids.includes(row)).map((row) => `${name}: ${row}`))
    expect(unknown).toEqual([])
  })
})

describe('the titles of tests', () => {
  it('are read with what they are repeated for, and with what is put into them', () => {
    expect(files.get('next/test/sessionBinding')?.titles).toContain('is refused with a state that is %s')
    expect(files.get('demo/e2e/connect')?.titles).toContain("connects in a window and shows chats that the server fetched, when the consent page sends ${coop ?? 'no'} COOP")
  })
})
