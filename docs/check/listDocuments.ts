import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Document {
  /** Path below the root. */
  readonly path: string
  readonly text: string
}

export const root: string = join(import.meta.dirname, '../..')

/** Every document of the repository. */
export function listDocuments(): Document[] {
  const paths = globSync(['*.md', 'llms.txt', 'docs/**/*.md', 'packages/*/README.md'], { cwd: root })
  return paths.toSorted().map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}
