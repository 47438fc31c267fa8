import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listDocuments, root } from './listDocuments.ts'

/** The anchors that GitHub makes of a document's headings. */
function anchorsOf(text: string): string[] {
  return Array.from(text.matchAll(/^#+ (.+)$/gm), ([, heading = '']) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'))
}

/** Links within the repository, from Markdown and from the HTML in it. */
function linksOf(text: string): string[] {
  const targets = Array.from(text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g), ([, markdown, html]) => markdown ?? html ?? '')
  return targets.filter((target) => !/^[a-z]+:/.test(target))
}

function isBroken(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = join(root, path === '' ? from : join(dirname(from), path))
  if (!existsSync(target)) return true
  return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor)
}

describe('the documents', () => {
  it.each(listDocuments())('$path links to what is there', ({ path, text }) => {
    expect(linksOf(text).filter((link) => isBroken(path, link))).toEqual([])
  })
})
