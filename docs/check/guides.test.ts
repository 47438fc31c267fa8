import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pageId, pageTitle, readGuide } from '../../.storybook/guides/readGuide.ts'
import { componentDocuments } from '../../tools/componentDocs/componentDocuments.ts'
import { root } from './listDocuments.ts'

const documents = globSync('docs/**/*.md', { cwd: root }).toSorted()
const guides = documents.filter((path) => pageTitle(path).startsWith('Guides/'))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const ids = documents.map((path) => pageId(pageTitle(path)))

/** What the sidebar has: pages that are written, and pages that are made of stories. */
const pages = globSync('.storybook/pages/**/*.mdx', { cwd: root }).map((path) => {
  const page = read(path)
  return /<Meta title="(.+)" \/>/.exec(page)?.[1] ?? (page.includes('<Meta of={Themes} name="Docs" />') ? 'Theming' : path)
})

describe('the pages of Storybook', () => {
  it.each(guides)('show %s under its title', (path) => {
    const name = path.replace(/^docs\/(.*)\.md$/, '$1').replace('/', '-')
    expect(read(`.storybook/pages/guides/${name}.mdx`)).toBe(
      `import { Meta } from '@storybook/addon-docs/blocks'\nimport { Guide } from '../../guides/Guide.tsx'\nimport text from '../../../${path}'\n\n<Meta title="${pageTitle(path)}" />\n\n<Guide text={text} />\n`,
    )
  })

  it('show no document that is gone', () => {
    expect(globSync('*.mdx', { cwd: join(root, '.storybook/pages/guides') })).toHaveLength(guides.length)
  })

  it.each([
    ['docs/introduction.md', 'Introduction'],
    ['docs/theming.md', 'Theming'],
  ])('show %s with live examples under headings that it has', (path, page) => {
    const source = read(`.storybook/pages/${page}.mdx`)
    const headings = Array.from(source.matchAll(/'([^'\n]+)': <(?:Canvas|Story)/g), ([, heading]) => heading)
    expect(source).toContain(`import text from '../../${path}'`)
    expect(headings).not.toEqual([])
    expect(headings.filter((heading) => !read(path).includes(`\n## ${heading}\n`))).toEqual([])
  })

  it('have a document each, which is their Markdown', () => {
    const titles = [...pages, ...componentDocuments().map(({ title }) => title)]
    expect(titles.toSorted()).toEqual(documents.map(pageTitle).toSorted())
  })

  it('have an id of their own each', () => {
    expect(new Set(ids).size).toBe(documents.length)
  })

  it.each(documents)('lead from %s to pages that are there, and to GitHub for everything else', (path) => {
    const links = Array.from(readGuide(path).replace(/^```[^]*?^```$/gm, '').matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link)
    const known = (link: string): boolean => /^(#|https?:|images\/)/.test(link) || ids.some((id) => link === `?path=/docs/${id}` || link.startsWith(`?path=/docs/${id}#`))
    expect(links.filter((link) => !known(link))).toEqual([])
  })
})

describe('llms.txt', () => {
  it('names every document, which is the Markdown of its page', () => {
    const named = read('llms.txt')
    expect(documents.filter((path) => !named.includes(`](${path})`))).toEqual([])
  })
})
