import { globSync } from 'node:fs'
import { join } from 'node:path'
import { componentDocument, componentPath } from './componentDocument.ts'
import { readStories } from './readStories.ts'

const root = join(import.meta.dirname, '../..')

export interface ComponentDocument {
  /** Below the root of the repository. */
  readonly path: string
  /** Of the page of Storybook that says the same. */
  readonly title: string
  readonly text: string
}

/** The Markdown of every page of Storybook that is made of stories. */
export function componentDocuments(): ComponentDocument[] {
  const files = globSync(['packages/react/src/**/*.stories.tsx', '.storybook/stories/*.stories.tsx'], { cwd: root }).toSorted()
  return files.flatMap((path) => {
    const page = readStories(join(root, path))
    return page ? [{ path: componentPath(page.title), title: page.title, text: componentDocument(path, page) }] : []
  })
}
