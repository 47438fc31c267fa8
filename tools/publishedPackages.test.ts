// What somebody gets who installs a package: files, dependencies, and randomness that is worth its name. SC-… and LK-… name rows of docs/security-cases.md.
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const manifestOf = (folder: string): Manifest => JSON.parse(read(`${folder}/package.json`)) as Manifest
const folders = globSync('packages/*', { cwd: root }).filter((folder) => manifestOf(folder).private !== true).toSorted()
/** What runs when somebody installs a package, without being asked. */
const scriptsAtInstall = ({ scripts = {} }: Manifest): string[] => ['preinstall', 'install', 'postinstall'].filter((name) => name in scripts)

function packedFiles(folder: string): string[] {
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/pnpm'), ['pack', '--dry-run', '--json'], { cwd: join(root, folder), encoding: 'utf8' })
  const { files } = JSON.parse(stdout) as { readonly files: readonly { readonly path: string }[] }
  return files.map(({ path }) => path)
}

/** The form of a key that somebody would have to replace at once. What documents and sandboxes show is made up. */
const realKeys = /-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bxox[abp]-\d|\bsk_live_|\bap_[\w-]{43}\b|\bk[\w.-]{0,31}:[A-Za-z0-9+/]{43}=/g
const example = 'k1:YXV0aHBpcGUtZXhhbXBsZS1rZXktZG8tbm90LXVzZSE='

describe.each(folders)('%s', (folder) => {
  // SC-3
  test('holds what was built, its sources and its own words, and no test', () => {
    const odd = packedFiles(folder).filter((path) => !/^(dist|src)\/|^(package\.json|README\.md|LICENSE)$/.test(path) || /\.(test|spec|stories)\.|\/(test|__fixtures__)\/|\.env/.test(path))
    expect(odd).toEqual([])
  })

  // LK-15
  test('holds no key that works anywhere', () => {
    // The licence is that of the repository, which packing adds.
    const files = packedFiles(folder).filter((path) => path !== 'LICENSE')
    const found = files.flatMap((path) => (read(`${folder}/${path}`).match(realKeys) ?? []).filter((key) => key !== example).map((key) => `${path}: ${key.slice(0, 12)}`))
    expect(found).toEqual([])
  })

  // SC-1
  test('runs nothing when it is installed, nor does what it depends on', () => {
    const { dependencies = {} } = manifestOf(folder)
    expect(scriptsAtInstall(manifestOf(folder))).toEqual([])
    expect(Object.keys(dependencies).filter((name) => scriptsAtInstall(manifestOf(`${folder}/node_modules/${name}`)).length > 0)).toEqual([])
  })
})

test('all packages have one version, and are released together', () => {
  const { fixed } = JSON.parse(read('.changeset/config.json')) as { readonly fixed: readonly (readonly string[])[] }
  expect(fixed).toEqual([folders.map((folder) => manifestOf(folder).name).toSorted()])
  expect(new Set(folders.map((folder) => manifestOf(folder).version)).size).toBe(1)
})

// SC-1
test('the server, the client and the components depend on this and nothing else', () => {
  const depends = (name: string): string[] => Object.keys(manifestOf(`packages/${name}`).dependencies ?? {})
  expect({ core: depends('core'), next: depends('next'), node: depends('node'), react: depends('react') }).toEqual({
    core: [],
    next: ['@authpipe/core', 'jose', 'kysely', 'oauth4webapi', 'server-only', 'standardwebhooks', 'undici', 'zod'],
    node: ['@authpipe/core'],
    react: ['@authpipe/core'],
  })
})

// LK-15
test('no file of the repository holds a key that works anywhere', () => {
  const paths = globSync(['*.{md,ts,json,yaml}', '{docs,apps,packages,tools,bench,.storybook,.ci}/**/*.{md,ts,tsx,mjs,json,yml,yaml,env}'], { cwd: root, exclude: ['**/node_modules/**', '**/dist/**', '**/.next/**'] })
  expect(paths.length).toBeGreaterThan(500)
  const found = paths.flatMap((path) => (read(path).match(realKeys) ?? []).filter((key) => key !== example).map((key) => `${path}: ${key.slice(0, 12)}`))
  expect(found).toEqual([])
})

// SC-5
describe('the sources', () => {
  const sources = globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root, exclude: ['**/*.test.*', '**/*.stories.*'] }).map((path) => ({ path, text: read(path) }))

  test('draw by Math.random when to try again and where to begin, and nothing that somebody must not guess', () => {
    const drawing = sources.filter(({ path, text }) => text.includes('Math.random') && !path.startsWith('packages/sandbox/'))
    expect(drawing.map(({ path }) => path).toSorted()).toEqual([
      'packages/next/src/backoffMs.ts',
      'packages/next/src/credentials/refreshFailure.ts',
      'packages/next/src/credentials/refreshTime.ts',
      'packages/next/src/health/spreadSequence.ts',
      'packages/next/src/maintenance/maintain.ts',
      'packages/next/src/maintenance/scheduler.ts',
      'packages/next/src/store/postgres/postgresDriver.ts',
      'packages/node/src/retry.ts',
    ])
  })

  test('take cryptography from Node.js, the browser and jose alone', () => {
    const imported = sources.flatMap(({ text }) => Array.from(text.matchAll(/from '([^'.][^']*)'/g), ([, name = '']) => name))
    expect([...new Set(imported)].filter((name) => /crypt|cipher|hash|jwt|jose|nacl|sodium|bcrypt|argon|uuid|nanoid|random/i.test(name)).toSorted()).toEqual(['jose', 'node:crypto'])
  })
})
