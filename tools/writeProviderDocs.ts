// `npx pnpm write-docs` writes docs/providers from the definitions. A test fails where they differ.
import { catalog } from '@authpipe/core/providers'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { providerDocument } from './providerDocument.ts'

const folder = join(import.meta.dirname, '../docs/providers')

mkdirSync(folder, { recursive: true })
for (const { definition } of catalog) writeFileSync(join(folder, `${definition.id}.md`), providerDocument(definition))
