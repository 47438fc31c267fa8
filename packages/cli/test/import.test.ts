// Connections of other places, by the real command line in an app with its own database and stand-ins of its providers.
import { sandboxAccounts } from '@authpipe/sandbox'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { createDatabase } from '../../next/test/createDatabase.ts'
import type {} from '../../next/test/postgresServer.ts'
import { findSecrets } from '../../next/test/findSecrets.ts'
import { App } from '../../sandbox/test/App.ts'
import type { ImportedRow } from '../src/import/importConnections.ts'
import type { RowProblem } from '../src/import/SourceRow.ts'
import { openApp, type ExampleApp } from './exampleApp.ts'
import { cliProcess, runCli, type Ran } from './runCli.ts'
import { addFiles } from './tempFolder.ts'

let app: ExampleApp
beforeEach(async () => {
  app = await openApp()
})

const run = (...args: readonly string[]): Promise<Ran> => runCli(['import', ...args], { cwd: app.folder })
const answerOf = ({ stdout }: Ran): { rows: ImportedRow[]; invalid: RowProblem[] } => JSON.parse(stdout)

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}
const grant = (provider: 'livechat' | 'help-scout', accountId?: string): Promise<Tokens> => new App(app.sandbox, provider).connect({}, accountId === undefined ? {} : { accountId })

/** What the stand-ins have been asked since. */
function countingRequests(): () => number {
  const before = app.sandbox.requests.length
  return () => app.sandbox.requests.length - before
}

/** Makes tables in a file of the app. @returns its URL, relative to the app */
function sqlite(sql: string, ...inserts: readonly (readonly [string, Readonly<Record<string, string | number | null>>])[]): string {
  const database = new DatabaseSync(join(app.folder, 'old.db'))
  database.exec(sql)
  for (const [table, row] of inserts) {
    const names = Object.keys(row)
    database.prepare(`INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join()}) VALUES (${names.map(() => '?').join()})`).run(...Object.values(row))
  }
  database.close()
  return 'file:old.db'
}

const betterAuthTable = `CREATE TABLE "account" ("id" text PRIMARY KEY, "accountId" text, "providerId" text, "userId" text, "accessToken" text, "refreshToken" text, "idToken" text,
  "accessTokenExpiresAt" date, "refreshTokenExpiresAt" date, "scope" text, "password" text)`

const inAnHour = (): Date => new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000)

describe('authpipe import --from better-auth', () => {
  it('takes over the accounts of a provider, once, and leaves passwords and other providers where they are', async () => {
    const tokens = await grant('livechat')
    const source = sqlite(
      betterAuthTable,
      ['account', { id: 'acc_1', accountId: 'user_1', providerId: 'credential', userId: 'user_1', password: 'hash_CANARY' }],
      ['account', { id: 'acc_2', accountId: '7', providerId: 'google', userId: 'user_1', accessToken: 'g' }],
      ['account', { id: 'acc_3', accountId: 'whoever', providerId: 'livechat', userId: 'user_1', ...tokens, accessTokenExpiresAt: inAnHour().toISOString(), scope: 'chats--all:ro,agents--my:ro' }],
    )
    const args = [source, '--from', 'better-auth', '--provider', 'livechat', '--tenant-from', 'user']
    const first = await run(...args)
    const requests = countingRequests()
    const second = await run(...args)

    expect(first).toEqual({
      code: 0,
      stdout: 'row            tenant  user    provider  outcome\nrow 3 (acc_3)  user_1  user_1  livechat  imported\n',
      stderr: 'Rows of other providers, left out: 1.\nRows without tokens, left out: 1.\n',
    })
    expect([second.code, second.stdout.split('\n')[1]]).toEqual([0, 'row 3 (acc_3)  user_1  user_1  livechat  unchanged'])
    expect(requests()).toBe(0)
    expect(app.sandbox.livechat.tokenRequests()).toBe(1)
  })

  it('reads PostgreSQL, whose columns may be spelt otherwise and whose dates may have no zone', async () => {
    const url = await createDatabase(inject('postgresUrl'))
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { accessToken, refreshToken } = await grant('help-scout')
    await client.query(`SET TIME ZONE 'UTC'; CREATE TABLE accounts (id text, account_id text, provider_id text, user_id text, access_token text, refresh_token text, access_token_expires_at timestamp, scope text)`)
    await client.query(`INSERT INTO accounts VALUES ('acc_1', '301', 'helpscout', 'user_1', $1, $2, now() + interval '30 minutes', NULL)`, [accessToken, refreshToken])
    await client.end()

    const ran = await runCli(['import', url, '--from', 'better-auth', '--provider', 'helpscout=help-scout', '--tenant', 'org_acme', '--json'], { cwd: app.folder, env: { TZ: 'Asia/Tokyo' } })

    expect(answerOf(ran)).toEqual({ rows: [{ row: 'row 1 (acc_1)', tenantId: 'org_acme', userId: 'user_1', provider: 'help-scout', outcome: 'imported', connectionId: expect.any(String) as unknown }], invalid: [] })
    // It has half an hour left in UTC, and would be long over by the clock on the wall.
    expect(app.sandbox['help-scout'].tokenRequests()).toBe(1)
  })

  it.each([['$ba$1$00ff'], ['00ffaa11']])('refuses tokens that it has encrypted, and says how they are moved: %s', async (accessToken) => {
    const source = sqlite(betterAuthTable, ['account', { id: 'acc_1', providerId: 'livechat', userId: 'user_1', accessToken }])
    const { code, stdout, stderr } = await run(source, '--from', 'better-auth', '--tenant', 'org_acme')

    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('row 1 (acc_1): Its tokens are encrypted (account.encryptOAuthTokens of Better Auth)')
    expect(stderr).not.toContain(accessToken)
  })
})

describe('authpipe import --from authjs', () => {
  it('takes over accounts by the table that the adapter made, with tenants by users', async () => {
    const [ada, sam] = [await grant('help-scout'), await grant('help-scout', '302')]
    const expires = Math.floor(inAnHour().getTime() / 1000)
    const source = sqlite(
      `CREATE TABLE "Account" ("userId" text, "type" text, "provider" text, "providerAccountId" text, "refresh_token" text, "access_token" text, "expires_at" integer, "scope" text, "id_token" text)`,
      ['Account', { userId: 'user_1', type: 'oauth', provider: 'help-scout', providerAccountId: '301', refresh_token: ada.refreshToken, access_token: ada.accessToken, expires_at: expires }],
      ['Account', { userId: 'user_2', type: 'oauth', provider: 'help-scout', providerAccountId: '302', refresh_token: sam.refreshToken, access_token: sam.accessToken, expires_at: 1_700_000_000 }],
      ['Account', { userId: 'user_2', type: 'email', provider: 'email', providerAccountId: 'sam@northwind.example' }],
    )
    addFiles(app.folder, { 'tenants.json': JSON.stringify({ user_1: 'org_a', user_2: 'org_b' }) })
    const { rows } = answerOf(await run(source, '--from', 'authjs', '--tenants', 'tenants.json', '--json'))

    expect(rows.map(({ tenantId, userId, outcome }) => [tenantId, userId, outcome])).toEqual([['org_a', 'user_1', 'imported'], ['org_b', 'user_2', 'imported']])
    // Two were granted, and only the one that was over was refreshed.
    expect(app.sandbox['help-scout'].tokenRequests()).toBe(3)
  })
})

const nangoConnection = (more: object): object => ({ id: 1, connection_id: 'c_1', provider_config_key: 'help-scout', provider: 'helpscout', connection_config: {}, tags: {}, metadata: null, ...more })

describe('authpipe import --from nango', () => {
  it('takes over tokens and keys, line by line, for the organizations that they are tagged with', async () => {
    const tokens = await grant('help-scout')
    const [key] = sandboxAccounts('freshdesk').filter(({ kind }) => kind === 'admin')
    const lines = [
      nangoConnection({
        tags: { end_user_id: 'user_1', organization_id: 'org_a' },
        credentials: { type: 'OAUTH2', access_token: tokens.accessToken, refresh_token: tokens.refreshToken, expires_at: inAnHour().toISOString(), raw: {} },
      }),
      nangoConnection({
        connection_id: 'c_2',
        provider_config_key: 'freshdesk',
        connection_config: { ...key?.settings, unheard: 'of' },
        end_user: { id: 'user_2', email: null, organization: { id: 'org_b' } },
        credentials: { type: 'BASIC', username: key?.fields.apiKey, password: 'X' },
      }),
    ]
    addFiles(app.folder, { 'connections.jsonl': lines.map((line) => JSON.stringify(line)).join('\n') })
    const ran = await run(join(app.folder, 'connections.jsonl'), '--from', 'nango', '--tenant-from', 'organization', '--json')

    expect(answerOf(ran).rows).toMatchObject([
      { row: 'line 1', tenantId: 'org_a', userId: 'user_1', provider: 'help-scout', outcome: 'imported' },
      { row: 'line 2', tenantId: 'org_b', userId: 'user_2', provider: 'freshdesk', outcome: 'imported' },
    ])
  })
})

describe('authpipe import --from json', () => {
  const write = (...rows: readonly unknown[]): string => {
    addFiles(app.folder, { 'rows.json': JSON.stringify(rows) })
    return join(app.folder, 'rows.json')
  }
  const rowOf = (more: object): object => ({ provider: 'help-scout', tenantId: 'org_acme', userId: 'user_1', sourceId: 'row_1', ...more })

  it('writes nothing and asks no provider in a dry run', async () => {
    const path = write(rowOf(await grant('help-scout')))
    const requests = countingRequests()
    const [first, second] = [await run(path, '--from', 'json', '--dry-run', '--json'), await run(path, '--from', 'json', '--dry-run', '--json')]

    expect([first.code, ...answerOf(first).rows]).toEqual([0, { row: 'row 1', tenantId: 'org_acme', userId: 'user_1', provider: 'help-scout', outcome: 'ready' }])
    expect(second.stdout).toBe(first.stdout)
    expect(requests()).toBe(0)
  })

  const bad: readonly [object, string][] = [
    [{ refresh_token: 'rt_CANARY' }, 'row is not an object of nothing but provider'],
    [{ accessToken: 'at_CANARY', sourceId: '' }, 'The sourceId must have 1 to 256 characters'],
    [{ accessToken: 'at_CANARY', expiresAt: 'tomorrow' }, 'row.expiresAt is not an ISO 8601 instant with its zone'],
    [{ accessToken: 'at_CANARY', userId: undefined }, 'belong to users, so each needs its userId'],
    [{ accessToken: 'at_CANARY', provider: 'slack' }, 'No provider with this id is registered.'],
    [{ accessToken: 'at_CANARY', tenantId: undefined }, 'It has no tenantId: add it, or use --tenant.'],
    [{ fields: { apiKey: 'key_CANARY' }, provider: 'freshdesk' }, 'is missing or is not a plain name'],
  ]

  it('imports nothing where a row is wrong, and names each with what is wrong and no secret', async () => {
    const path = write(rowOf(await grant('help-scout')), ...bad.map(([change], index) => rowOf({ sourceId: `bad_${index}`, ...change })), 'CANARY')
    const requests = countingRequests()
    const { code, stdout, stderr } = await run(path, '--from', 'json')

    expect([code, stdout, requests()]).toEqual([1, '', 0])
    for (const [index, [, problem]] of bad.entries()) expect(stderr).toMatch(new RegExp(`^row ${index + 2}: .*${problem}`, 'm'))
    expect(stderr).toContain(`row ${bad.length + 2}: It is not an object.`)
    expect(stderr).toContain(`Rows that cannot be imported: ${bad.length + 1}. Nothing was imported.`)
    expect(stderr).not.toContain('CANARY')
    expect(answerOf(await run(path, '--from', 'json', '--dry-run', '--skip-invalid', '--json')).rows).toMatchObject([{ outcome: 'ready' }])
  })

  it('imports the others with --skip-invalid, and still ends with 1', async () => {
    const path = write(rowOf({ accessToken: 7 }), rowOf(await grant('help-scout')))
    const ran = await run(path, '--from', 'json', '--skip-invalid', '--json')

    expect([ran.code, answerOf(ran)]).toMatchObject([1, { rows: [{ row: 'row 2', outcome: 'imported' }], invalid: [{ row: 'row 1', problem: 'row.accessToken is not a string.' }] }])
  })

  it('reads the standard input, so that tokens need not stand in a file', async () => {
    const child = spawn(...cliProcess(['import', '-', '--from', 'json', '--json'], { cwd: app.folder }))
    child.stdin?.end(JSON.stringify(rowOf(await grant('help-scout'))))
    let stdout = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    const [code] = await once(child, 'close')

    expect([code, JSON.parse(stdout)]).toMatchObject([0, { rows: [{ row: 'row 1', outcome: 'imported' }] }])
  })

  it('tells of tokens that nothing renews', async () => {
    const { accessToken } = await grant('help-scout')

    expect(await run(write(rowOf({ accessToken })), '--from', 'json')).toMatchObject({ code: 0, stderr: 'Rows without a refresh token: 1. They last as long as their access token.\n' })
  })

  it('refuses two rows of one grant', async () => {
    const tokens = await grant('help-scout')
    const { code, stderr } = await run(write(rowOf(tokens), rowOf({ ...tokens, sourceId: 'row_2' }), rowOf({ accessToken: 'other' })), '--from', 'json')

    expect(code).toBe(1)
    expect(stderr).toContain('row 2: It has the refresh token of row 1, and only one connection can use it: keep one of them.')
    expect(stderr).toContain('row 3: It is the same connection as row 1: keep the one with the newer tokens.')
    expect(app.sandbox['help-scout'].tokenRequests()).toBe(1)
  })

  it('tells of a key that the provider refuses, and goes on with the others', async () => {
    const key = { provider: 'freshdesk', fields: { apiKey: 'wrong-key-CANARY' }, settings: { subdomain: 'northwind' } }
    const ran = await run(write(rowOf(key), rowOf({ sourceId: 'row_2', ...(await grant('help-scout')) })), '--from', 'json')

    expect(ran.code).toBe(1)
    expect(ran.stdout.split('\n').slice(1, 3)).toEqual(['row 1  org_acme  user_1  freshdesk   refused (credential_rejected)', 'row 2  org_acme  user_1  help-scout  imported'])
  })

  it('says that it is to be run again where the provider has not named an account, and then goes on', async () => {
    const path = write(rowOf({ ...(await grant('help-scout')), expiresAt: inAnHour().toISOString() }))
    app.sandbox['help-scout'].fault('api', { kind: 'answer', status: 503 }, { times: 2 })
    const first = await run(path, '--from', 'json')
    const second = await run(path, '--from', 'json')

    expect([first.code, first.stdout.split('\n')[1]]).toEqual([1, 'row 1  org_acme  user_1  help-scout  unverified (provider_response_invalid)'])
    expect(first.stderr).toContain('run this again to find out.')
    expect([second.code, second.stdout.split('\n')[1]]).toEqual([0, 'row 1  org_acme  user_1  help-scout  imported'])
  })

  it('leaves no token in its output, nor in clear in a file', async () => {
    const path = write(rowOf(await grant('help-scout')), rowOf({ provider: 'livechat', sourceId: 'row_2', ...(await grant('livechat')) }))
    const { stdout, stderr } = await run(path, '--from', 'json')
    const secrets = [app.sandbox['help-scout'], app.sandbox.livechat].flatMap((standIn) => {
      const { accessTokens, refreshTokens } = standIn.issuedSecrets()
      return [...accessTokens, ...refreshTokens]
    })
    const stored = readdirSync(join(app.folder, '.authpipe')).map((name): [string, Uint8Array | string] => [name, readFileSync(join(app.folder, '.authpipe', name))])

    expect(secrets.length).toBeGreaterThan(4)
    expect([...stored, ['stdout', stdout] as const, ['stderr', stderr] as const].flatMap(([place, bytes]) => findSecrets(secrets, bytes).map(() => place))).toEqual([])
  })
})

describe('authpipe import', () => {
  it.each([
    [['rows.json', '--from', 'json'], 'The file to import does not exist'],
    [['rows.json', '--from', 'elsewhere', '--tenant', 't'], "argument 'elsewhere' is invalid. Allowed choices are nango, authjs, better-auth, json."],
    [['rows.json'], "required option '--from <place>' not specified"],
    [['rows.json', '--from', 'nango'], 'The rows do not say which tenant they are for'],
    [['rows.json', '--from', 'nango', '--tenant', 't', '--tenant-from', 'user'], 'cannot be used with option'],
    [['rows.json', '--from', 'nango', '--tenant', 't', '--provider', 'a=b=c'], 'It is <id>, or <their id>=<our id>.'],
    [['rows.json', '--from', 'nango', '--tenants', 'rows.json'], 'The file of --tenants cannot be read'],
    [['rows.json', '--from', 'nango', '--tenant', 't', '--table', 'x'], '--table belongs to a database'],
    [['file:nowhere.db', '--from', 'authjs', '--tenant', 't'], 'There is no such SQLite file'],
    [['file:nowhere.db', '--from', 'nango', '--tenant', 't'], '--from nango reads a JSON file, and the source is a database.'],
  ])('ends with 2 for %j', async (args, message) => {
    expect(await run(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) as unknown })
  })

  it.each([
    ['a table that is not there', betterAuthTable, ['--table', 'Accounts'], 2, 'There is no table of this name in the database'],
    ['no table of accounts', 'CREATE TABLE other (id text)', [], 2, 'There is no table account or accounts or Account in the database'],
  ])('says that there is %s', async (_, sql, more, code, message) => {
    expect(await run(sqlite(sql), '--from', 'better-auth', '--tenant', 't', ...more)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) as unknown })
  })

  it('says that a database does not answer, without its password', async () => {
    const { code, stderr } = await run('postgres://user:CANARY@127.0.0.1:1/app', '--from', 'authjs', '--tenant', 't')

    expect([code, stderr]).toEqual([1, 'authpipe: The database to import from cannot be read (ECONNREFUSED). Try its URL and table with psql.\n'])
  })

  it('tells a program of its failure in JSON', async () => {
    addFiles(app.folder, { 'broken.json': '{"accessToken": "CANARY"\n{"a": ' })
    const ran = await run(join(app.folder, 'broken.json'), '--from', 'json', '--json')

    expect([ran.code, answerOf(ran)]).toEqual([1, { rows: [], invalid: [1, 2].map((line) => ({ row: `line ${line}`, problem: 'It is not JSON. A file holds one array, or one object in each line.' })) }])
  })
})
