import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from '@playwright/test'
import { files } from './findLeaks.ts'

const root = join(import.meta.dirname, '../../..')
/** Whole words: that a connection's reason is `refresh_token_expired` is for a page to show. */
const serverWords = /\/v2\/token\b|\b(client_secret|refresh_token|code_verifier|grant_type)\b/g

for (const folder of ['packages/react/dist', 'apps/demo/.next/static']) {
  test(`${folder} knows no token endpoint, secret, verifier or grant type`, () => {
    const browserFiles = files(join(root, folder)).filter(({ place }) => /\.(js|map|html|txt)$/.test(place))
    expect(browserFiles.length).toBeGreaterThan(0)
    const found = browserFiles.flatMap(({ place, text }) => (text.match(serverWords) ?? []).map((word) => `${relative(root, place)}: ${word}`))
    expect(found).toEqual([])
  })
}

test('every component and hook that needs the browser still says so once built', () => {
  const isClient = ({ text }: { readonly text: string }): boolean => /^['"]use client['"]/.test(text)
  const sources = files(join(root, 'packages/react/src')).filter(({ place }) => /\.tsx?$/.test(place) && !/\.(test|stories)\./.test(place))
  const built = new Map(files(join(root, 'packages/react/dist')).map((file) => [file.place, file]))
  const marked = sources.filter(isClient).map(({ place }) => place.replace('/src/', '/dist/').replace(/\.tsx?$/, '.js'))
  expect(marked.length).toBeGreaterThan(0)
  expect(marked.filter((place) => !existsSync(place) || !isClient(built.get(place) ?? { text: '' }))).toEqual([])
})
