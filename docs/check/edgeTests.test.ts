import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './listDocuments.ts'

const document = readFileSync(join(root, 'docs/popup.md'), 'utf8')

/** File and title of every test that a row of the table names. */
function namedTests(): [file: string, title: string][] {
  const rows = document.split('\n').filter((line) => line.includes('.spec.ts`'))
  return rows.flatMap((row) => {
    const cell = row.split('|').at(-2) ?? ''
    return [...cell.matchAll(/`(\w+\.spec\.ts)`: (.*?)(?=;? `\w+\.spec\.ts`|;? *$)/g)].flatMap(([, file = '', titles = '']) =>
      titles.trim().split('; ').map((title): [string, string] => [file, title]),
    )
  })
}

test('names tests', () => {
  expect(namedTests().length).toBeGreaterThan(40)
})

// A title with "; " in it is named in two parts, of which each is found.
test.each(namedTests())('%s has the test "%s"', (file, title) => {
  expect(title).not.toBe('')
  expect(readFileSync(join(root, 'apps/demo/e2e', file), 'utf8')).toContain(title)
})
