import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileSnippets } from './compileSnippets.ts'
import { listDocuments, root } from './listDocuments.ts'
import { readSnippets } from './readSnippets.ts'

const documents = listDocuments().map(({ path, text }) => ({ path, snippets: readSnippets(text) }))
// Every reader begins with the files of the README, so the other documents may lean on them.
const beginning = documents.find(({ path }) => path === 'README.md')?.snippets ?? []

beforeAll(() => {
  for (const name of ['core', 'next', 'node', 'react', 'sandbox']) {
    if (!existsSync(join(root, 'packages', name, 'dist/index.d.ts'))) throw new Error('The packages are not built, and documents are checked against what is built: run "npx pnpm build" first.')
  }
})

describe('the code in the documents', { timeout: 60_000 }, () => {
  it.each(documents.filter(({ snippets }) => snippets.length > 0))('compiles in $path', async ({ snippets }) => {
    expect(await compileSnippets([...beginning, ...snippets])).toEqual([])
  })

  it('is found out where it does not compile', async () => {
    const broken = readSnippets("```ts\n// lib/broken.ts\nimport { createAuthpipe } from '@authpipe/next'\ncreateAuthpipe({ provider: [] })\n```\n")
    expect(await compileSnippets(broken)).toEqual([expect.stringMatching(/^lib\/broken\.ts\(3,\d+\): error TS\d+: .*'provider' does not exist in type 'AuthpipeOptions'/)])
  })
})
