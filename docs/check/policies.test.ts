import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findObstacles, parsePolicies } from '../../packages/cli/src/doctor/contentSecurityPolicy.ts'
import { root } from './listDocuments.ts'

const blocks = readFileSync(join(root, 'docs/csp.md'), 'utf8').match(/^```(?:ts|nginx)\n[^]*?^```$/gm) ?? []

/** The policy of a block, whose directives may stand in one string or in several. */
const policyOf = (block: string): string => Array.from(block.matchAll(/["`]((?:[a-z]+-src|form-action|base-uri|frame-ancestors) [^"`]*)["`]/g), ([, directives]) => directives).join('; ')

describe('docs/csp.md', () => {
  it('has three policies to be copied', () => {
    expect(blocks.map(policyOf)).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^default-src .*connect-src /)))
  })

  it.each(blocks)('lets the doctor find nothing in the policy of %s', (block) => {
    expect(parsePolicies(policyOf(block)).flatMap((policy) => findObstacles(policy, 'https://app.example.com'))).toEqual([])
  })
})
