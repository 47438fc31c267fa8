import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

interface Complaint {
  readonly filename: string
  readonly message: string
  readonly help: string
}

const root = join(import.meta.dirname, '..')
const oneWay = 'Imports point one way'

const forbidden: readonly (readonly [file: string, source: string, because: string])[] = [
  ['core/src/a.ts', `export * from 'zod'`, 'core has no dependency'],
  ['core/src/providers/a.ts', `export * from 'node:fs'`, 'core has no dependency'],
  ['react/src/a.ts', `export * from '@authpipe/next'`, oneWay],
  ['react/src/client/a.ts', `export * from '@authpipe/next/providers'`, oneWay],
  ['react/src/client/b.ts', `export { useState } from 'react'`, 'The client is free of React'],
  ['react/src/b.ts', `export * from '@authpipe/core/server'`, oneWay],
  ['react/src/client/c.ts', `export * from '@authpipe/core/server'`, oneWay],
  ['next/src/a.ts', `export * from '@authpipe/react'`, oneWay],
  ['next/src/b.ts', `export * from 'undici'`, 'outboundFetch.ts is the one way out'],
  ['next/src/c.ts', `export * from 'zod'`, 'zod stays with options and files'],
  ['next/src/d.ts', `export * from 'next/server'`, 'The framework is touched in one file'],
  ['next/src/e.ts', `export const answer = fetch('https://example.com')`, 'The framework patches it'],
  ['next/src/f.ts', `console.log('hello')`, 'Unexpected console statement'],
  ['next/src/oauth/a.ts', `export * from '../vault/envelope.ts'`, 'The protocol does not know the vault'],
  ['next/src/oauth/b.ts', `export { open } from '../store/store.ts'`, 'The protocol does not know the database'],
  ['next/src/vault/a.ts', `export * from '../oauth/tokenRequests.ts'`, 'The vault knows bytes'],
  ['next/src/vault/b.ts', `export { open } from '../store/store.ts'`, 'The vault knows the database by its interface'],
  ['next/src/vault/c.ts', `export * from 'undici'`, 'outboundFetch.ts is the one way out'],
  ['node/src/a.ts', `export * from '@authpipe/next'`, 'The client needs core'],
  ['node/src/b.ts', `export * from 'node:crypto'`, 'The client needs core'],
  ['node/src/c.ts', `export * from 'undici'`, 'The client needs core'],
  ['next/src/g.ts', `export * from '@authpipe/node'`, oneWay],
  ['react/src/d.ts', `export * from '@authpipe/node'`, oneWay],
  ['cli/src/a.ts', `export * from '@authpipe/react'`, oneWay],
  ['cli/src/b.ts', `export * from 'next/headers'`, 'The framework is touched in one file'],
  ['sandbox/src/a.ts', `export * from '@authpipe/core'`, oneWay],
]
const allowed: readonly (readonly [file: string, source: string])[] = [
  ['core/src/z.ts', `export * from './providers/index.ts'`],
  ['react/src/z.ts', `export * from '@authpipe/core'`],
  ['next/src/z.ts', `export * from '@authpipe/core/providers'`],
  ['next/src/y.ts', `export * from '@authpipe/core/server'`],
  ['node/src/z.ts', `export * from '@authpipe/core/server'`],
  ['node/src/y.ts', `export * from './z.ts'`],
  ['cli/src/z.ts', `export * from '@authpipe/next/inspect'`],
  ['next/src/config.ts', `export * from 'zod'`],
  ['next/src/outboundFetch.ts', `export * from 'undici'`],
  ['next/src/vault/z.ts', `export type { Store } from '../store/store.ts'`],
]

let workspace = ''
let complaints: readonly Complaint[] = []

beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'authpipe-lint-'))
  copyFileSync(join(root, 'oxlint.config.ts'), join(workspace, 'oxlint.config.ts'))
  symlinkSync(join(root, 'node_modules'), join(workspace, 'node_modules'))
  for (const [file, source] of [...forbidden, ...allowed]) {
    const path = join(workspace, 'packages', file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${source}\n`)
  }
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['--format=json', 'packages'], { cwd: workspace, encoding: 'utf8' })
  complaints = (JSON.parse(stdout) as { diagnostics: Complaint[] }).diagnostics
})

afterAll(() => {
  rmSync(workspace, { recursive: true, force: true })
})

const complaintsAbout = (file: string): string[] =>
  complaints.filter(({ filename }) => filename === `packages/${file}`).map(({ message, help }) => `${message} ${help}`)

test.each(forbidden)('lint refuses %s: %s', (file, _source, because) => {
  expect(complaintsAbout(file).join('\n')).toContain(because)
})

test.each(allowed)('lint accepts %s: %s', (file) => {
  expect(complaintsAbout(file)).toEqual([])
})
