import { catalog } from '@authpipe/core/providers'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { providerDocument } from '../../tools/providerDocument.ts'
import { root } from './listDocuments.ts'

const folder = join(root, 'docs/providers')

// Where one differs: npx pnpm write-docs
describe('docs/providers', () => {
  it('has a document for each built-in provider and no other', () => {
    expect(readdirSync(folder).toSorted()).toEqual(catalog.map(({ definition }) => `${definition.id}.md`).toSorted())
  })

  it.each(catalog.map(({ definition }) => definition))('says of $name what its definition says', (definition) => {
    expect(readFileSync(join(folder, `${definition.id}.md`), 'utf8')).toBe(providerDocument(definition))
  })
})
