import { spawn } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { openApp, type ExampleApp } from './exampleApp.ts'
import { cliProcess, runCli, type Ran } from './runCli.ts'
import { tempFolder } from './tempFolder.ts'

const exportTenant = ({ folder }: ExampleApp, ...more: readonly string[]): Promise<Ran> =>
  runCli(['export-tenant', 'org_acme', '--to', 'transfer.pub', '--out', 'org_acme.authpipe', ...more], { cwd: folder })
const importTenant = (folder: string, ...more: readonly string[]): Promise<Ran> =>
  runCli(['import-tenant', 'org_acme.authpipe', '--key', 'transfer.key', ...more], { cwd: folder })

/** An app with a key pair beside it, as somebody makes one. */
async function openAppWithKeys(): Promise<ExampleApp> {
  const app = await openApp()
  const { stdout } = await runCli(['keygen', '--transfer', 'transfer.key'], { cwd: app.folder })
  writeFileSync(join(app.folder, 'transfer.pub'), stdout)
  return app
}

describe('authpipe keygen --transfer', () => {
  it('writes the private key for its owner alone, and prints the public one', async () => {
    const folder = tempFolder()
    const { code, stdout, stderr } = await runCli(['keygen', '--transfer', 'transfer.key'], { cwd: folder })

    expect(code).toBe(0)
    expect(stdout).toMatch(/^-----BEGIN PUBLIC KEY-----\n[\w+/=\n]+-----END PUBLIC KEY-----\n$/)
    expect(createPrivateKey(readFileSync(join(folder, 'transfer.key'))).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
    expect(statSync(join(folder, 'transfer.key')).mode & 0o777).toBe(0o600)
    expect(stderr).toContain('Send the public one.')
  })

  it('writes over no key that is there', async () => {
    const folder = tempFolder({ 'transfer.key': 'mine' })

    expect(await runCli(['keygen', '--transfer', 'transfer.key'], { cwd: folder })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is there already') as string })

    expect(readFileSync(join(folder, 'transfer.key'), 'utf8')).toBe('mine')
    expect(readdirSync(folder)).toEqual(['transfer.key'])
  })
})

describe('authpipe export-tenant and import-tenant', () => {
  it('move a tenant to another app', async () => {
    const app = await openAppWithKeys()
    const { code, stdout } = await exportTenant(app)
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Wrote org_acme.authpipe. "org_acme" is not refreshed here any more: import the file in its new place soon.\n' })
    const file = join(app.folder, 'org_acme.authpipe')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toMatch(/^[\w-]+(\.[\w-]+){4}$/)

    const imported = await importTenant(app.folder, '--as', 'org_new')

    expect(imported).toMatchObject({ code: 0, stdout: 'Tenant: org_new. Connections stored: 1, come back: 0, as they were: 0. Webhook endpoints stored: 0.\n' })
    expect(JSON.parse((await importTenant(app.folder, '--json')).stdout)).toMatchObject({ tenantId: 'org_acme', imported: 0, returned: 1, unchanged: 0, conflicts: [] })
  })

  it('say which account is connected already, and end with 1', async () => {
    const app = await openAppWithKeys()
    await exportTenant(app)
    const other = await openApp()
    for (const name of ['org_acme.authpipe', 'transfer.key']) writeFileSync(join(other.folder, name), readFileSync(join(app.folder, name)))

    const { code, stdout, stderr } = await importTenant(other.folder)

    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining('Connections stored: 0') as string })
    expect(stderr).toMatch(/^Left out: connection [\w-]+ of freshdesk\. Its account is here already, as [\w-]+\.\n$/)
  })

  it('answer programs', async () => {
    const app = await openAppWithKeys()

    const { stdout } = await exportTenant(app, '--json')

    expect(JSON.parse(stdout)).toEqual({ tenantId: 'org_acme', file: join(app.folder, 'org_acme.authpipe') })
  })

  it('write over nothing, and hand nothing over then', async () => {
    const app = await openAppWithKeys()
    writeFileSync(join(app.folder, 'org_acme.authpipe'), 'mine')

    expect(await exportTenant(app)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is there already') as string })

    expect(readFileSync(join(app.folder, 'org_acme.authpipe'), 'utf8')).toBe('mine')
  })

  it('leave no half file where the process is killed', async () => {
    const app = await openAppWithKeys()
    const before = readdirSync(app.folder)
    const child = spawn(...cliProcess(['export-tenant', 'org_acme', '--to', 'transfer.pub', '--out', 'org_acme.authpipe'], {
      cwd: app.folder,
      // The moment before the file gets its name.
      before: `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'; fs.linkSync = () => process.kill(process.pid, 'SIGKILL'); syncBuiltinESMExports()`,
    }))
    expect(await once(child, 'close')).toEqual([null, 'SIGKILL'])

    expect(existsSync(join(app.folder, 'org_acme.authpipe'))).toBe(false)
    expect(readdirSync(app.folder).filter((name) => !before.includes(name) && !name.startsWith('.authpipe'))).toEqual([])
    expect((await exportTenant(app)).code).toBe(0)
  })

  it('say in one sentence what is wrong, and show no key', async () => {
    const app = await openAppWithKeys()
    await exportTenant(app)
    writeFileSync(join(app.folder, 'cut.authpipe'), readFileSync(join(app.folder, 'org_acme.authpipe'), 'utf8').slice(0, -9))
    const secret = readFileSync(join(app.folder, 'transfer.key'), 'utf8').split('\n')[1] ?? ''
    const run = (...args: readonly string[]): Promise<Ran> => runCli(args, { cwd: app.folder })

    for (const [ran, words] of [
      [await run('import-tenant', 'cut.authpipe', '--key', 'transfer.key'), 'cut or changed'],
      [await run('import-tenant', 'org_acme.authpipe', '--key', 'transfer.pub'), 'not a private key'],
      [await run('import-tenant', 'nothing', '--key', 'transfer.key'), 'nothing cannot be read (ENOENT)'],
      [await run('export-tenant', 'org_acme', '--to', 'transfer.key', '--out', 'other'), 'is a private key'],
      [await run('export-tenant', 'org_nobody', '--to', 'transfer.pub', '--out', 'other'), 'nothing to export'],
      [await run('export-tenant', 'org_acme', '--to', 'transfer.pub', '--out', 'no/folder/other'), 'cannot be written (ENOENT)'],
    ] as const) {
      expect(ran).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(words) as string })
      expect(ran.stderr).not.toContain(secret)
    }
    expect(existsSync(join(app.folder, 'other'))).toBe(false)
  })
})
