import type { RotationReport } from '@authpipe/next'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createEncryptionKey } from '../src/randomKeys.ts'
import { openApp, type ExampleApp } from './exampleApp.ts'
import { runCli, type Ran } from './runCli.ts'
import { tempFolder } from './tempFolder.ts'

const rotate = ({ folder }: Pick<ExampleApp, 'folder'>, ...args: readonly string[]): Promise<Ran> => runCli(['rotate-keys', ...args], { cwd: folder })

/** Gives the app other keys, as somebody does by hand. */
function setKeys({ folder, keys }: ExampleApp, newer: string): void {
  const path = join(folder, '.env.local')
  writeFileSync(path, readFileSync(path, 'utf8').replace(keys, newer))
}

const reportOf = ({ stdout }: Ran): RotationReport => JSON.parse(stdout)

describe('authpipe rotate-keys', () => {
  it('moves every tenant to the first key, and says which can go', async () => {
    const app = await openApp()
    setKeys(app, `${createEncryptionKey('newer')},${app.keys}`)
    const { code, stdout } = await rotate(app)

    expect(code).toBe(0)
    expect(stdout).toMatch(/^Tenants: 1\. .* Secrets sealed anew: 1\.\n/)
    expect(stdout).toContain(`Can be taken out of AUTHPIPE_KEYS: ${app.keys.split(':')[0]}\n`)
    expect(reportOf(await rotate(app, '--json'))).toMatchObject({ newKeys: 0, resealed: 0, neededKeys: [{ kid: 'newer', tenants: 1 }] })
  })

  it('only wraps keys anew with --no-reencrypt', async () => {
    const app = await openApp()
    setKeys(app, `${createEncryptionKey('newer')},${app.keys}`)

    expect(reportOf(await rotate(app, '--no-reencrypt', '--json'))).toMatchObject({ rewrappedKeys: 1, newKeys: 0, resealed: 0 })
  })

  it('gives one tenant a new key', async () => {
    const app = await openApp()

    expect(reportOf(await rotate(app, '--tenant', 'org_acme', '--json'))).toMatchObject({ tenants: 1, newKeys: 1, resealed: 1 })
  })

  // LK-12
  it('says which key is missing, and shows none', async () => {
    const app = await openApp()
    const newer = createEncryptionKey('newer')
    setKeys(app, newer)
    const { code, stdout, stderr } = await rotate(app)

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`${app.keys.split(':')[0]}`)
    expect(stderr).not.toContain(newer.split(':')[1])
  })

  it('says why it cannot load the app', async () => {
    const app = await openApp({ files: { 'lib/user.ts': `throw new Error('CANARY')\nexport const readUser = () => null\n` } })
    const { code, stderr } = await rotate(app)

    expect(code).toBe(1)
    expect(stderr).toContain('lib/authpipe.ts cannot be loaded by Node.js alone: it threw Error at lib/user.ts:1.')
    expect(stderr).not.toContain('CANARY')
  })

  it('ends with 2 where there is no app', async () => {
    expect(await rotate({ folder: tempFolder() })).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no module that calls createAuthpipe here') as string })
  })
})
