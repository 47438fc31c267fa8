import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checks } from '../../packages/cli/src/doctor/Finding.ts'
import { root } from './listDocuments.ts'

describe('docs/cli.md', () => {
  it('has one heading for each check of the doctor, where its findings say that they are explained', () => {
    const headings = Array.from(readFileSync(join(root, 'docs/cli.md'), 'utf8').matchAll(/^### (.+)$/gm), ([, heading]) => heading)
    expect(headings).toEqual(Object.keys(checks))
  })
})
