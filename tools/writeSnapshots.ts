// Writes down what the published packages export and weigh, from what was built. Run it after a change of either is meant.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { declarationsFile, listEntryPoints, measureEntry, readDeclarations, sizesFile } from './publicSurface.ts'

const sizes: Record<string, number> = {}
rmSync(dirname(sizesFile), { recursive: true, force: true })
mkdirSync(dirname(sizesFile), { recursive: true })
for (const entry of listEntryPoints()) {
  writeFileSync(declarationsFile(entry), await readDeclarations(entry))
  sizes[entry.name] = await measureEntry(entry)
}
writeFileSync(sizesFile, `${JSON.stringify(sizes, null, 2)}\n`)
