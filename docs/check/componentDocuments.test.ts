import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pageTitle } from '../../.storybook/guides/readGuide.ts'
import { componentDocuments } from '../../tools/componentDocs/componentDocuments.ts'
import { readProps } from '../../tools/componentDocs/readProps.ts'
import { root } from './listDocuments.ts'

const written = componentDocuments()
const propsOf = (name: string) => readProps(join(root, 'packages/react/src/index.ts'), `${name}Props`)

// Where one differs: npx pnpm write-docs
describe('the documents of components, hooks and flows', () => {
  it.each(written)('say in $path what its stories and props say', ({ path, title, text }) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(text)
    expect(pageTitle(path)).toBe(title)
  })

  it('are no more than there are pages of stories', () => {
    expect(globSync(['docs/{components,hooks,testing}/*.md', 'docs/flows.md'], { cwd: root }).toSorted()).toEqual(written.map(({ path }) => path).toSorted())
  })
})

describe('the table of props', () => {
  it('has those that are inherited, also through Omit, and leaves those out that it takes away', () => {
    const names = propsOf('InstallButton').own.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['onInstall', 'variant', 'scopes', 'className']))
    expect(names).not.toContain('kind')
    expect(names).not.toContain('onSuccess')
  })

  it('has for a type parameter what it stands for', () => {
    const types = new Map(propsOf('ConnectButton').own.map(({ name, type }) => [name, type]))
    expect(types.get('provider')).toBe('ProviderId')
    expect(types.get('className')).toBe('string | ((state: ConnectButtonState) => string | undefined)')
  })

  it('names the attributes that go to the element', () => {
    expect(propsOf('ScopePicker').native).toEqual(['FieldsetHTMLAttributes<HTMLFieldSetElement>'])
  })
})
