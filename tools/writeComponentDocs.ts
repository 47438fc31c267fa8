// `npx pnpm write-docs` writes the Markdown of Storybook's pages of components, hooks and flows. A test fails where they differ.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { componentDocuments } from './componentDocs/componentDocuments.ts'

const root = join(import.meta.dirname, '..')

for (const { path, text } of componentDocuments()) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
