import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { guideId, guideTitle, readGuide } from '../../.storybook/guides/readGuide.ts'
import { root } from './listDocuments.ts'

const documents = globSync('docs/**/*.md', { cwd: root }).toSorted()
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const ids = documents.map((path) => guideId(read(path)))

describe('the pages of Storybook', () => {
  it.each(documents)('show %s under its title', (path) => {
    const name = path.replace(/^docs\/(.*)\.md$/, '$1').replace('/', '-')
    expect(read(`.storybook/pages/guides/${name}.mdx`)).toBe(
      `import { Meta } from '@storybook/addon-docs/blocks'\nimport { Guide } from '../../guides/Guide.tsx'\nimport text from '../../../${path}'\n\n<Meta title="Guides/${guideTitle(read(path))}" />\n\n<Guide text={text} />\n`,
    )
  })

  it('show no document that is gone', () => {
    expect(globSync('*.mdx', { cwd: join(root, '.storybook/pages/guides') })).toHaveLength(documents.length)
  })

  it('have an id of their own each', () => {
    expect(new Set(ids).size).toBe(documents.length)
  })

  it.each(documents)('lead from %s to pages that are there, and to GitHub for everything else', (path) => {
    const links = Array.from(readGuide(path).replace(/^```[^]*?^```$/gm, '').matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link)
    const known = (link: string): boolean => /^(#|https?:)/.test(link) || ids.some((id) => link === `?path=/docs/${id}` || link.startsWith(`?path=/docs/${id}#`))
    expect(links.filter((link) => !known(link))).toEqual([])
  })
})

describe('llms.txt', () => {
  it('names every document, which is the Markdown of its page', () => {
    const named = read('llms.txt')
    expect(documents.filter((path) => !named.includes(`](${path})`))).toEqual([])
  })
})
