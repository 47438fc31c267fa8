import { errorDocsUrl, errorTable, type BrowserErrorCode } from '@authpipe/core'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './listDocuments.ts'

const browserCodes = Object.keys({ popup_blocked: 0, connect_cancelled: 0, connect_timed_out: 0, network_error: 0 } satisfies Record<BrowserErrorCode, 0>)
const document = readFileSync(join(root, 'docs/errors.md'), 'utf8')
const sections = document.split(/^### /m).slice(1)

describe('docs/errors.md', () => {
  // GitHub makes the anchor of a heading out of its text, and leaves a code as it is.
  it('has one heading for each code, in the order of the table', () => {
    expect(sections.map((section) => section.split('\n', 1)[0])).toEqual([...Object.keys(errorTable), ...browserCodes])
  })

  it('is where errors say that they are explained', () => {
    expect(errorDocsUrl('needs_reauth')).toMatch(/\/docs\/errors\.md#needs_reauth$/)
  })

  it.each(Object.entries(errorTable))('gives the HTTP status of %s', (code, { status }) => {
    expect(sections.find((section) => section.startsWith(`${code}\n`))).toContain(`HTTP ${status}`)
  })

  it.each(Object.entries(errorTable))('says of %s whether it passes by itself', (code, row) => {
    expect(sections.find((section) => section.startsWith(`${code}\n`))?.includes('retryable')).toBe('retryable' in row)
  })
})
