import { describe, expect, test } from 'vitest'
import { countedText } from '../messages.ts'
import { arabic } from './ar.ts'
import { german } from './de.ts'
import { english } from './en.ts'
import { spanish } from './es.ts'
import { french } from './fr.ts'
import { japanese } from './ja.ts'

const categories = new Set(['zero', 'one', 'two', 'few', 'many', 'other'])
const isCounted = (value: object): boolean => Object.keys(value).every((key) => categories.has(key))

/** The placeholders of each text, by its path; a text about a number is one text. */
function placeholders(tree: object, path = ''): Record<string, readonly string[]> {
  return Object.assign(
    {},
    ...Object.entries(tree).map(([key, value]: [string, unknown]) => {
      const here = path ? `${path}.${key}` : key
      if (typeof value === 'object' && value !== null && !isCounted(value)) return placeholders(value, here)
      const text = typeof value === 'string' ? value : Object.values(value ?? {}).join(' ')
      return { [here]: [...new Set(text.match(/\{\w+\}/g))].toSorted() }
    }),
  )
}

describe.each([
  ['de', german],
  ['fr', french],
  ['es', spanish],
  ['ja', japanese],
  ['ar', arabic],
])('%s', (tag, messages) => {
  test('has every text, with the placeholders of the English one', () => {
    const { 'reconnectBanner.title': title, ...rest } = placeholders(messages)
    const { 'reconnectBanner.title': expected, ...others } = placeholders(english)
    expect(rest).toEqual(others)
    expect(title).toEqual(expected)
  })

  test('names its language, and has a text for each plural of it', () => {
    expect(messages.locale).toBe(tag)
    for (const text of [messages.providerGrid.found, messages.reconnectBanner.title]) {
      const wanted = new Intl.PluralRules(tag).resolvedOptions().pluralCategories.filter((category) => category !== 'other' && category !== 'many' && category !== 'zero')
      if (typeof text === 'object') expect(Object.keys(text)).toEqual(expect.arrayContaining(wanted))
    }
  })

  test('leaves nothing in English', () => {
    const own = JSON.stringify(messages)
    for (const text of ['Cancel"', 'Try again', 'Manage', 'Disconnect"', 'Connecting', 'Not connected']) expect(own).not.toContain(text)
  })
})

test('writes numbers as the language does', () => {
  expect([0, 1, 2, 3, 11, 100].map((count) => countedText(arabic.reconnectBanner.title, count, 'ar-EG'))).toEqual([
    '٠ اتصال يحتاج إلى انتباهك',
    'اتصال واحد يحتاج إلى انتباهك',
    'اتصالان يحتاجان إلى انتباهك',
    '٣ اتصالات تحتاج إلى انتباهك',
    '١١ اتصالًا يحتاج إلى انتباهك',
    '١٠٠ اتصال يحتاج إلى انتباهك',
  ])
  expect(countedText('{count} found', 12_345, 'de')).toBe('12.345 found')
})
