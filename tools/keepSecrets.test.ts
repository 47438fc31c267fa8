import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepSecrets } from './keepSecrets.ts'

const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'authpipe-secrets-')), 'data', 'secrets.json')

test('makes the secrets once and gives the same ones ever after', () => {
  const path = newPath()
  const first = keepSecrets(path)
  expect(keepSecrets(path)).toEqual(first)
  expect(first.AUTHPIPE_KEYS).toMatch(/^demo:[A-Za-z0-9+/]{43}=$/)
})

test('lets nobody but the owner read the secrets', () => {
  const path = newPath()
  keepSecrets(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('refuses a damaged file instead of making keys that open nothing', () => {
  const path = newPath()
  keepSecrets(path)
  writeFileSync(path, '{"AUTHPIPE_KEYS":')
  expect(() => keepSecrets(path)).toThrow(/is damaged: delete the folder that holds it/)
})
