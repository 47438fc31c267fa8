import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createAuthpipe, type Authpipe, type Handler, type RelayOptions } from '@authpipe/next'
import { livechat } from '@authpipe/next/providers'
import { sandboxClient } from '@authpipe/sandbox'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { createDatabase } from '../../next/test/createDatabase.ts'
import type {} from '../../next/test/postgresServer.ts'
import { serveHandler } from '../../next/test/serveHandler.ts'
import type { Finding } from '../src/doctor/Finding.ts'
import { createEncryptionKey } from '../src/randomKeys.ts'
import { openApp, routeFile, serverFile, type Differences, type ExampleApp } from './exampleApp.ts'
import { runCli, type RunOptions } from './runCli.ts'
import { tempFolder } from './tempFolder.ts'
import { unusedOrigin } from './unusedOrigin.ts'

interface Diagnosis {
  readonly ok: boolean
  readonly problems: number
  readonly warnings: number
  readonly checks: readonly Finding[]
}

async function diagnose({ folder }: Pick<ExampleApp, 'folder'>, args: readonly string[] = [], options: RunOptions = {}): Promise<Diagnosis> {
  const { stdout } = await runCli(['doctor', '--json', ...args], { cwd: folder, ...options })
  const diagnosis: Diagnosis = JSON.parse(stdout)
  return diagnosis
}

const problemsOf = ({ checks }: Diagnosis): readonly Finding[] => checks.filter(({ status }) => status === 'problem')
const statusOf = ({ checks }: Diagnosis, id: string): readonly string[] => checks.filter((finding) => finding.id === id).map(({ status }) => status)

/** The database of an app, opened beside it. */
function inDatabase({ folder }: ExampleApp, statement: string): void {
  const database = new DatabaseSync(join(folder, '.authpipe/authpipe.db'))
  database.exec(statement)
  database.close()
}

const contents = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('node_modules') && !path.includes('.db') && statSync(join(folder, path)).isFile())
    .map((path) => `${path}: ${readFileSync(join(folder, path), 'utf8')}`)
    .toSorted()

describe('authpipe doctor', () => {
  it('finds nothing in an app that is well, checks everything there is, and changes nothing', async () => {
    const app = await openApp()
    const before = contents(app.folder)
    const diagnosis = await diagnose(app, ['--url', `${app.origin}/integrations`])

    expect(problemsOf(diagnosis)).toEqual([])
    expect(diagnosis.checks.filter(({ status }) => status === 'not_checked').map(({ id, subject }) => [id, subject])).toEqual([
      // LiveChat answers a wrong secret as it does a wrong code, and Help Scout takes no redirect URI.
      ['client', 'livechat'],
      ['redirect-uri', 'help-scout'],
    ])
    expect(diagnosis.ok).toBe(true)
    expect(contents(app.folder)).toEqual(before)
  })

  it('says so in words, and ends with 0', async () => {
    const app = await openApp()
    const { code, stdout } = await runCli(['doctor'], { cwd: app.folder })

    expect(code).toBe(0)
    expect(stdout).toMatch(/✔ server: Authpipe answers at http/)
    expect(stdout).toMatch(/– client \(livechat\): not checked\. LiveChat answers a wrong secret as it answers a wrong code/)
    expect(stdout).toMatch(/\n0 problems, \d+ checks passed, 2 not checked\.\n$/)
  })

  it('names the fix of what it finds, with the place that explains it, and ends with 1', async () => {
    const app = await openApp({ env: { AUTHPIPE_KEYS: 'k1:c2hvcnQ=' } })
    const { code, stdout } = await runCli(['doctor'], { cwd: app.folder })

    expect(code).toBe(1)
    expect(stdout).toMatch(/✖ keys: .*\n {4}Fix: Run "npx authpipe keygen"[^\n]*\n {4}https:\/\/\S+docs\/cli\.md#keys\n/)
  })

  // LK-12
  it('prints no secret, whatever is wrong', async () => {
    const secret = 'S3cretCANARY'
    const app = await openApp({
      env: { AUTHPIPE_DATABASE_URL: `postgres://app:${secret}@127.0.0.1:1/app`, AUTHPIPE_KEYS: `k1:${secret}`, LIVECHAT_CLIENT_SECRET: secret, HELP_SCOUT_CLIENT_SECRET: secret, AUTHPIPE_SECRET_KEYS: secret },
    })
    const broken = await openApp({ files: { 'lib/user.ts': `console.log('${secret}')\nthrow new Error('${secret}')` } })
    for (const { folder } of [app, broken]) {
      for (const args of [[], ['--json'], ['--production']]) {
        const { stdout, stderr } = await runCli(['doctor', ...args], { cwd: folder })
        expect(stdout).not.toBe('')
        expect(stdout + stderr).not.toMatch(/CANARY/)
      }
    }
  })

  it('says what it could not check where there is no app, and why', async () => {
    const diagnosis = await diagnose({ folder: tempFolder() })

    expect(problemsOf(diagnosis)).toEqual([])
    expect(statusOf(diagnosis, 'app')).toEqual(['not_checked'])
    expect(statusOf(diagnosis, 'packages')).toEqual(['not_checked'])
  })

  it.each([
    ['an enum', 'export enum Role { Admin }', 'it uses TypeScript that does more than say types, such as an enum'],
    ['a package that is not installed', `import 'left-pad'\nexport {}`, `Cannot find package 'left-pad'`],
    ['an error of its own', `throw new TypeError('whatever')`, 'it threw TypeError at lib/user.ts:1'],
  ])('takes the environment for its options where the app cannot be loaded for %s', async (_, userFile, reason) => {
    const diagnosis = await diagnose(await openApp({ files: { 'lib/user.ts': `${userFile}\nexport const readUser = () => null\n` } }))

    expect(diagnosis.checks).toContainEqual(expect.objectContaining({ id: 'app', status: 'not_checked', message: expect.stringContaining(reason) as string }))
    expect(statusOf(diagnosis, 'database')).toEqual(['ok'])
    expect(statusOf(diagnosis, 'server')).toEqual(['ok'])
  })
})

describe('authpipe doctor at a preview', () => {
  it('says what the deployment that providers return to does with their answers', async () => {
    const secret = randomBytes(32).toString('base64')
    let respond: Handler = () => Promise.reject(new Error('Not yet.'))
    const staging = await serveHandler((request) => respond(request), 'http://app.localhost')
    const baseUrl = `${staging.origin}/api/authpipe`
    const preview = await openApp({
      files: { 'lib/authpipe.ts': serverFile.replace('identify: readUser', `identify: readUser, relay: { through: '${baseUrl}' }`) },
      env: { AUTHPIPE_RELAY_SECRET: secret },
    })
    const options = { providers: [livechat({ ...sandboxClient('livechat') })], identify: () => null, baseUrl, keys: createEncryptionKey(), database: `file:${join(tempFolder({}), 'authpipe.db')}` }
    const authpipes: Authpipe[] = []
    const relaying = async (relay: RelayOptions): Promise<readonly Finding[]> => {
      const authpipe = createAuthpipe({ ...options, relay, allowInsecureLoopback: true, maintenance: 'manual' })
      authpipes.push(authpipe)
      respond = authpipe.handler
      return (await diagnose(preview)).checks.filter(({ id }) => id === 'relay')
    }
    onTestFinished(async () => {
      await staging.close()
      await Promise.all(authpipes.map((authpipe) => authpipe.close()))
    })

    expect(await relaying({ to: [preview.origin], secret })).toMatchObject([{ status: 'ok', message: `${baseUrl} passes answers on to this app.` }])
    expect(await relaying({ to: [await unusedOrigin()], secret })).toMatchObject([{ status: 'problem', fix: expect.stringMatching(/^Add the origin of this app to "relay\.to" there/) as string }])
    expect(await relaying({ to: [preview.origin], secret: randomBytes(32).toString('base64') })).toMatchObject([{ status: 'problem', fix: expect.stringMatching(/the same AUTHPIPE_RELAY_SECRET\.$/) as string }])
  })
})

interface Fault extends Differences {
  readonly args?: readonly string[]
  readonly before?: string
  /** Brought about when the app runs. */
  inject?(app: ExampleApp): void
  readonly finds: readonly [id: string, message: RegExp, fix: RegExp]
}

const unreachableDatabase = 'postgres://app:pw@127.0.0.1:1/app'

// One row for each way in which a check can fail; the app is well otherwise.
const faults: Readonly<Record<string, Fault>> = {
  'a Node.js that is too old': {
    before: `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.0' } })`,
    finds: ['node', /needs Node\.js 22\.13 or newer, and this is 20\.11\.0/, /Install Node\.js 24/],
  },
  'keys that are missing in production': { env: { AUTHPIPE_KEYS: undefined }, args: ['--production'], finds: ['keys', /There is no encryption key/, /"npx authpipe keygen".*environment of production/] },
  'a key that is too short': { env: { AUTHPIPE_KEYS: 'k1:c2hvcnQ=' }, finds: ['keys', /has 5 bytes instead of 32/, /"npx authpipe keygen".*\.env\.local/] },
  'keys that are not those of the database': { env: { AUTHPIPE_KEYS: createEncryptionKey('other') }, finds: ['keys', /is not configured/, /the key that the database was encrypted with/] },
  'a base URL that is none': { env: { AUTHPIPE_BASE_URL: 'app.example.com' }, finds: ['base-url', /AUTHPIPE_BASE_URL|base URL/i, /Set AUTHPIPE_BASE_URL to the public https URL/] },
  'a base URL that is missing in production': { env: { AUTHPIPE_BASE_URL: undefined }, args: ['--production'], finds: ['base-url', /Set AUTHPIPE_BASE_URL/, /Set AUTHPIPE_BASE_URL/] },
  'options that cannot be used': {
    files: { 'lib/authpipe.ts': serverFile.replace('identify: readUser', `identify: 'user_123'`) },
    finds: ['app', /identify/, /Correct the options in lib\/authpipe\.ts/],
  },
  'a registration without its client id': { env: { LIVECHAT_CLIENT_ID: undefined }, finds: ['app', /clientId/, /Correct the options/] },
  'a database that does not answer': { env: { AUTHPIPE_DATABASE_URL: unreachableDatabase }, finds: ['database', /cannot be reached|unreachable|ECONNREFUSED|refused/i, /Correct AUTHPIPE_DATABASE_URL/] },
  'a database of an older version': {
    inject: (app) => inDatabase(app, 'PRAGMA user_version = 1'),
    finds: ['migrations', /has schema version 1, and \d+ is the newest/, /npx authpipe migrate/],
  },
  'a database of a newer version': { inject: (app) => inDatabase(app, 'PRAGMA user_version = 99'), finds: ['migrations', /has schema version 99/, /Update @authpipe\/next/] },
  'maintenance that never ran': {
    inject: (app) => inDatabase(app, `UPDATE schedule SET check_at = ${Date.now() - 3 * 3_600_000}`),
    finds: ['maintenance', /has been waiting for 3 hours/, /authpipe\.start\(\) in instrumentation\.ts/],
  },
  'a client secret that the provider refuses': { env: { HELP_SCOUT_CLIENT_SECRET: 'another' }, finds: ['client', /Help Scout refuses this client id or secret/, /Compare clientId and clientSecret/] },
  'a redirect URI that the provider does not know': {
    inject: ({ sandbox }) => sandbox.livechat.set({ redirectUris: ['https://app.example.com/api/authpipe/callback/livechat'] }),
    finds: ['redirect-uri', /LiveChat does not know the redirect URI http:\/\/127\.0\.0\.1:\d+\/api\/authpipe\/callback\/livechat/, /Register it there to the letter/],
  },
  'a relay that does not answer': {
    files: { 'lib/authpipe.ts': serverFile.replace('identify: readUser', `identify: readUser, relay: { through: '${await unusedOrigin()}/api/authpipe' }`) },
    env: { AUTHPIPE_RELAY_SECRET: randomBytes(32).toString('base64') },
    finds: ['relay', /Nothing that relays answers at http:\/\/127\.0\.0\.1:\d+\/api\/authpipe/, /correct "relay\.through"/],
  },
  'a relay without its secret': {
    files: { 'lib/authpipe.ts': serverFile.replace('identify: readUser', `identify: readUser, relay: { through: '${await unusedOrigin()}/api/authpipe' }`) },
    finds: ['relay', /A relay needs a secret that both sides have/, /Set AUTHPIPE_RELAY_SECRET/],
  },
  'stand-ins in production': { args: ['--production'], finds: ['sandbox', /In production Freshdesk would be played by a stand-in/, /Take "endpoints" and "allowInsecureLoopback" out/] },
  'the edge runtime': {
    files: { 'app/api/authpipe/[...authpipe]/route.ts': `${routeFile}export const runtime = 'edge'\n` },
    finds: ['edge-runtime', /runs on the edge runtime/, /Remove `export const runtime = 'edge'`/],
  },
  'a server that does not run': { args: ['--base-url', `${await unusedOrigin()}/api/authpipe`], finds: ['server', /Nothing answers at http:\/\/127\.0\.0\.1:\d+\/api\/authpipe \(ECONNREFUSED\)/, /Start the app/] },
}

describe.each(Object.entries(faults))('authpipe doctor finds %s', (_, { args = [], before, inject: bringAbout, finds: [id, message, fix], ...differences }) => {
  it('and names the fix', async () => {
    const app = await openApp(differences)
    bringAbout?.(app)
    const diagnosis = await diagnose(app, args, before === undefined ? {} : { before })

    expect(problemsOf(diagnosis).filter((finding) => finding.id === id)).toContainEqual(
      expect.objectContaining({ id, message: expect.stringMatching(message) as string, fix: expect.stringMatching(fix) as string, docsUrl: expect.stringMatching(new RegExp(`#${id}$`)) as string }),
    )
    expect(diagnosis.ok).toBe(false)
  })
})

describe('authpipe doctor over PostgreSQL', () => {
  it('finds a clock that differs from the one of the database', async () => {
    const app = await openApp({ database: await createDatabase(inject('postgresUrl')) })
    expect(statusOf(await diagnose(app), 'clock')).toEqual(['ok', 'ok'])

    const diagnosis = await diagnose(app, [], { before: `const real = Date.now; Date.now = () => real() - 300_000` })
    expect(problemsOf(diagnosis)).toContainEqual(expect.objectContaining({ id: 'clock', subject: 'database', message: expect.stringContaining('is 300 seconds ahead of') as string, fix: expect.stringContaining('NTP') as string }))
  })
})
