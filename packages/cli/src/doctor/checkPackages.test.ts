import { describe, expect, it } from 'vitest'
import { tempFolder, type Files } from '../../test/tempFolder.ts'
import { ownVersion } from '../ownVersion.ts'
import { checkPackages } from './checkPackages.ts'
import type { Finding } from './Finding.ts'

const version = ownVersion()
const installed = (name: string, itsVersion: string, below = ''): Files => ({ [`${below}node_modules/${name}/package.json`]: JSON.stringify({ name, version: itsVersion }) })

/** An app with what `npm install` puts into it. */
function installedApp(more: Files = {}): string {
  const ours = ['@authpipe/core', '@authpipe/next', '@authpipe/react'].map((name) => installed(name, version))
  return tempFolder(Object.assign({ 'package.json': '{}' }, ...ours, installed('react', '19.3.1'), installed('@tanstack/react-query', '5.108.0'), more))
}

const findingOf = (id: string, directory: string): Finding | undefined => checkPackages(directory).find((finding) => finding.id === id)

describe('what is installed for an app', () => {
  it('is well in one version and one copy', () => {
    expect(checkPackages(installedApp()).map(({ id, status }) => [id, status])).toEqual([
      ['packages', 'ok'],
      ['react-copies', 'ok'],
      ['query-copies', 'ok'],
    ])
  })

  it('is found out where our packages are of different versions', () => {
    expect(findingOf('packages', installedApp(installed('@authpipe/react', '9.9.9')))).toMatchObject({
      status: 'problem',
      message: expect.stringContaining(`@authpipe/core ${version}, @authpipe/next ${version}, @authpipe/react 9.9.9`) as string,
      fix: expect.stringContaining('Install all of them in one version') as string,
    })
  })

  it('is found out where a package brings another version of core', () => {
    const app = installedApp(installed('@authpipe/core', '9.9.9', 'node_modules/@authpipe/next/'))

    expect(findingOf('packages', app)).toMatchObject({ status: 'problem', message: expect.stringContaining('@authpipe/core 9.9.9') as string })
  })

  it.each([
    ['react-copies', 'react', '18.3.1', 'Invalid hook call'],
    ['query-copies', '@tanstack/react-query', '5.90.0', 'do not share a QueryClient'],
  ])('is found out by %s where there are two copies', (id, name, its, harm) => {
    const app = installedApp(installed(name, its, 'node_modules/@authpipe/react/'))

    expect(findingOf(id, app)).toMatchObject({
      status: 'problem',
      message: expect.stringMatching(new RegExp(`in node_modules/${name} and ${its} in node_modules/@authpipe/react/node_modules/${name}: .*${harm}`)) as string,
      fix: expect.stringContaining('npm dedupe') as string,
    })
  })

  it.each([
    ['react-copies', 'react'],
    ['query-copies', '@tanstack/react-query'],
  ])('is found out by %s where %s is not installed', (id, name) => {
    const app = tempFolder({ 'package.json': '{}', ...installed('@authpipe/react', version), ...(name === 'react' ? installed('@tanstack/react-query', '5.108.0') : installed('react', '19.3.1')) })

    expect(findingOf(id, app)).toMatchObject({ status: 'problem', fix: `Install ${name} in the app.` })
  })
})
