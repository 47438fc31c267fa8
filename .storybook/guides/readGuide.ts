// The documents as pages of Storybook: the same text, with links that lead where they lead on GitHub.
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Plugin } from 'vite'

const root = join(import.meta.dirname, '../..')
const repositoryUrl = 'https://github.com/authpipe/authpipe/blob/main'
const isGuide = (path: string): boolean => /^docs\/.+\.md$/.test(path)

/** The title of a document, which is its first heading. */
export function guideTitle(text: string): string {
  const title = /^# (.+)$/m.exec(text)?.[1]
  if (title === undefined) throw new Error('A document begins with a heading of the first level.')
  return title
}

/** The page of Storybook that shows a document, as Storybook makes its id. */
export function guideId(text: string): string {
  return `guides-${guideTitle(text).toLowerCase().replace(/[^a-z0-9]+/g, '-')}--docs`
}

/**
 * Reads a document for Storybook.
 *
 * @param path - below the root of the repository, such as `docs/popup.md`
 */
export function readGuide(path: string): string {
  const text = readFileSync(join(root, path), 'utf8').replace(/^<!--.*-->\n+/, '')
  return text
    .split(/(^```[^]*?^```$)/m)
    .map((part) => (part.startsWith('```') ? part : escapeHeadings(rewriteLinks(path, part))))
    .join('')
}

function rewriteLinks(path: string, text: string): string {
  return text.replace(/\]\((?!#|[a-z]+:)([^)\s#]+)(#[^)\s]+)?\)/g, (_, target: string, anchor = '') => `](${linkFrom(path, target)}${anchor})`)
}

/** Storybook would read two underscores in a word, as in the code of an error, as emphasis; GitHub does not. */
function escapeHeadings(text: string): string {
  return text.replace(/^#+ [^`\n]+$/gm, (heading) => heading.replaceAll('_', String.raw`\_`))
}

function linkFrom(path: string, target: string): string {
  const to = relative(root, join(root, dirname(path), target))
  return isGuide(to) ? `?path=/docs/${guideId(readFileSync(join(root, to), 'utf8'))}` : `${repositoryUrl}/${to}`
}

/** Lets a page of Storybook import a document as text. */
export function guidesPlugin(): Plugin {
  return {
    name: 'authpipe-guides',
    enforce: 'pre',
    load(id) {
      const path = relative(root, id)
      if (!isGuide(path)) return null
      this.addWatchFile(id)
      return { code: `export default ${JSON.stringify(readGuide(path))}`, moduleType: 'js' }
    },
  }
}
