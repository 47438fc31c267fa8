// The documents as pages of Storybook: the same text, with links that lead where they lead on GitHub.
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Plugin } from 'vite'

const root = join(import.meta.dirname, '../..')
const repositoryUrl = 'https://github.com/authpipe/authpipe/blob/main'
const isGuide = (path: string): boolean => /^docs\/.+\.md$/.test(path)
const isImage = (path: string): boolean => path.startsWith('docs/images/')

/** Documents that are no guides have places of their own in the sidebar, and so have those that are made from stories. */
const places: Readonly<Record<string, string>> = {
  'docs/introduction.md': 'Start here/Introduction',
  'docs/theming.md': 'Theming',
  'docs/flows.md': 'Flows',
  'docs/components': 'Components',
  'docs/hooks': 'Hooks',
  'docs/testing': 'Testing',
}

/** The heading of the first level with which a document begins. */
export function guideTitle(text: string): string {
  const title = /^# (.+)$/m.exec(text)?.[1]
  if (title === undefined) throw new Error('A document begins with a heading of the first level.')
  return title
}

/**
 * Where the sidebar of Storybook has a document.
 *
 * @param path - below the root of the repository, such as `docs/popup.md`
 */
export function pageTitle(path: string): string {
  const title = guideTitle(readFileSync(join(root, path), 'utf8'))
  return places[path] ?? `${places[dirname(path)] ?? 'Guides'}/${title}`
}

/** The id that Storybook makes of the title of a page. */
export function pageId(title: string): string {
  return `${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}--docs`
}

/** Reads a document for Storybook. */
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
  if (isImage(to)) return relative('docs', to)
  return isGuide(to) ? `?path=/docs/${pageId(pageTitle(to))}` : `${repositoryUrl}/${to}`
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
