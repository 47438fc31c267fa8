// Every key manager over a real socket, under one suite; and what each protocol has to carry. CR-3, CR-9, CR-22, CR-23.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { awsKms } from '../../src/keys/awsKms.ts'
import { gcpKms } from '../../src/keys/gcpKms.ts'
import type { ServiceKey } from '../../src/keys/serviceKeys.ts'
import { vaultTransit } from '../../src/keys/vaultTransit.ts'
import { SqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import type { KeyManager } from '../../src/vault/keyManager.ts'
import { createVault } from '../../src/vault/vault.ts'
import { Engine, startStandIn, type Question, type Reply, type StandIn } from './standIn.ts'

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const fromBase64 = (text: unknown): Buffer => Buffer.from(String(text), 'base64')
const timeoutMs = 500

interface Service {
  readonly name: string
  /** The service's names of two keys. */
  readonly keys: readonly [string, string]
  answer(engine: Engine, question: Question): Reply
  open(url: string, keys: readonly ServiceKey[]): KeyManager
  /** What it says to somebody who has no right. */
  readonly denial: Reply
  /** What it was told to bind, as text. */
  boundTo(question: Question): string
}

const aws: Service = {
  name: 'awsKms',
  keys: ['arn:aws:kms:eu-west-1:111122223333:key/1234abcd', 'alias/authpipe'],
  answer(engine, { headers, body: { KeyId, Plaintext, CiphertextBlob, EncryptionContext } }) {
    if (!/^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/eu-west-1\/kms\/aws4_request/.test(String(headers.authorization))) return { status: 400, body: { __type: 'IncompleteSignatureException' } }
    // AWS sorts the context before it binds it.
    const context = Buffer.from(JSON.stringify(Object.entries(EncryptionContext ?? {}).toSorted()))
    if (headers['x-amz-target'] === 'TrentService.Encrypt') {
      return { status: 200, type: 'application/x-amz-json-1.1', body: { KeyId, CiphertextBlob: base64(engine.encrypt(String(KeyId), fromBase64(Plaintext), context)) } }
    }
    const plaintext = engine.decrypt(String(KeyId), fromBase64(CiphertextBlob), context)
    return plaintext
      ? { status: 200, type: 'application/x-amz-json-1.1', body: { KeyId, Plaintext: base64(plaintext) } }
      : { status: 400, type: 'application/x-amz-json-1.1', body: { __type: 'InvalidCiphertextException' } }
  },
  open: (endpoint, keys) =>
    awsKms({ keys, timeoutMs, client: { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 } }),
  denial: { status: 400, type: 'application/x-amz-json-1.1', body: { __type: 'AccessDeniedException', message: 'CANARY' } },
  boundTo: ({ body }) => JSON.stringify(body['EncryptionContext']),
}

const gcp: Service = {
  name: 'gcpKms',
  keys: ['projects/p/locations/europe-west1/keyRings/r/cryptoKeys/one', 'projects/p/locations/europe-west1/keyRings/r/cryptoKeys/two'],
  answer(engine, { path, headers, body: { plaintext, ciphertext, additionalAuthenticatedData } }) {
    if (headers.authorization !== 'Bearer test-token') return { status: 401, body: { error: { status: 'UNAUTHENTICATED' } } }
    const [, key = '', verb] = /^POST \/v1\/(.+):(encrypt|decrypt)$/.exec(path) ?? []
    const context = fromBase64(additionalAuthenticatedData)
    if (verb === 'encrypt') return { status: 200, body: { name: `${key}/cryptoKeyVersions/1`, ciphertext: base64(engine.encrypt(key, fromBase64(plaintext), context)) } }
    const opened = engine.decrypt(key, fromBase64(ciphertext), context)
    return opened ? { status: 200, body: { plaintext: base64(opened) } } : { status: 400, body: { error: { code: 400, status: 'INVALID_ARGUMENT' } } }
  },
  open: (endpoint, keys) => gcpKms({ keys, endpoint, timeoutMs, allowInsecureLoopback: true, accessToken: async () => 'test-token' }),
  denial: { status: 403, body: { error: { code: 403, status: 'PERMISSION_DENIED', message: 'CANARY' } } },
  boundTo: ({ body }) => fromBase64(body['additionalAuthenticatedData']).toString(),
}

const hashicorp: Service = {
  name: 'vaultTransit',
  keys: ['one', 'two'],
  answer(engine, { path, headers, body: { plaintext, ciphertext, associated_data } }) {
    if (headers['x-vault-token'] !== 'test-token' || headers['x-vault-request'] !== 'true') return { status: 403, body: { errors: ['permission denied'] } }
    const [, verb, key = ''] = /^POST \/v1\/transit\/(encrypt|decrypt)\/(\w+)$/.exec(path) ?? []
    const context = fromBase64(associated_data)
    if (verb === 'encrypt') return { status: 200, body: { data: { ciphertext: `vault:v1:${base64(engine.encrypt(key, fromBase64(plaintext), context))}` } } }
    if (!String(ciphertext).startsWith('vault:v1:')) return { status: 400, body: { errors: ['invalid ciphertext: no prefix'] } }
    const opened = engine.decrypt(key, fromBase64(String(ciphertext).slice(9)), context)
    return opened ? { status: 200, body: { data: { plaintext: base64(opened) } } } : { status: 400, body: { errors: ['cipher: message authentication failed'] } }
  },
  open: (address, keys) => vaultTransit({ keys, address, timeoutMs, allowInsecureLoopback: true, token: () => 'test-token' }),
  denial: { status: 403, body: { errors: ['permission denied', 'CANARY'] } },
  boundTo: ({ body }) => fromBase64(body['associated_data']).toString(),
}

describe.each([aws, gcp, hashicorp])('$name', (service) => {
  const { keys, answer, open, denial, boundTo } = service
  const [first, second] = [
    { kid: 'k1', key: keys[0] },
    { kid: 'k2', key: keys[1] },
  ]
  const place = { tenantId: 'org_acme', keyId: '00112233445566aa' }
  const key = randomBytes(32)
  let standIn: StandIn
  let manager: KeyManager

  beforeEach(async () => {
    const engine = new Engine()
    standIn = await startStandIn((question) => answer(engine, question))
    manager = open(standIn.url, [first])
  })
  afterEach(() => standIn.close())

  it('unwraps what it wrapped', async () => {
    expect(Buffer.from(await manager.unwrap(await manager.wrap(key, place), place))).toEqual(key)
  })

  it('sends the tenant and the key id as what the service has to bind, and none for a key check', async () => {
    await manager.wrap(key, place)
    await manager.wrap(key, { tenantId: '', keyId: 'check k1' })

    const [bound = '', check = ''] = standIn.questions.map(boundTo)
    expect(bound).toContain('org_acme')
    expect(bound).toContain('00112233445566aa')
    expect(check).not.toContain('tenant')
    expect(check).toContain('check k1')
  })

  it.each([{ tenantId: 'org_other' }, { keyId: '00000000000000bb' }, { tenantId: '' }])('does not unwrap a key for %o', async (other) => {
    const wrapped = await manager.wrap(key, place)

    await expect(manager.unwrap(wrapped, { ...place, ...other })).rejects.toMatchObject({ code: 'credential_undecryptable', message: expect.stringContaining('belongs to another tenant') })
  })

  it('does not unwrap what was changed, or what another key wrapped', async () => {
    const wrapped = await manager.wrap(key, place)
    const cut = wrapped.lastIndexOf(':') + 1
    const changed = wrapped.slice(0, cut) + base64(Buffer.from(fromBase64(wrapped.slice(cut)).map((byte, index) => (index === 20 ? byte ^ 1 : byte))))

    for (const forged of [changed, wrapped.replace('k1:', 'k2:'), wrapped.slice(0, -24), 'k1:', '', 'no key']) {
      await expect(open(standIn.url, [first, second]).unwrap(forged, place)).rejects.toMatchObject({ code: 'credential_undecryptable' })
    }
  })

  it('unwraps what an earlier key wrapped, and names one that is not configured', async () => {
    const wrapped = await manager.wrap(key, place)

    expect(Buffer.from(await open(standIn.url, [second, first]).unwrap(wrapped, place))).toEqual(key)
    await expect(open(standIn.url, [second]).unwrap(wrapped, place)).rejects.toMatchObject({ code: 'encryption_key_unavailable', details: { kid: 'k1' } })
  })

  it.each<[string, Reply | 'hang']>([
    ['refuses', denial],
    ['breaks', { status: 500, body: 'CANARY' }],
    ['sends on', { status: 307, body: '' }],
    ['answers junk', { status: 200, body: { CANARY: true } }],
    ['says nothing', 'hang'],
  ])('while the service %s, serves what is unwrapped already and fails the rest by a code that passes', async (_, instead) => {
    const directory = mkdtempSync(join(tmpdir(), 'authpipe-keys-'))
    const store = new SqliteStore({ path: join(directory, 'authpipe.db') })
    await store.open()
    try {
      const context = { tenantId: 'org_acme', connectionId: 'c', provider: 'p', field: 'credential', generation: '1.1' }
      let now = 0
      const vault = createVault({ store, keyManager: manager, now: () => now })
      const sealed = await vault.seal(context, Buffer.from('secret'))
      standIn.instead = instead

      for (let read = 0; read < 100; read += 1) expect(Buffer.from(await vault.open(context, sealed)).toString()).toBe('secret')
      now = 15 * 60_000
      const failure = await vault.open(context, sealed).catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'vault_unavailable', retryable: true, message: expect.stringContaining('does not answer') })
      standIn.instead = undefined
      const asked = standIn.questions.length
      for (let read = 0; read < 100; read += 1) expect(Buffer.from(await vault.open(context, sealed)).toString()).toBe('secret')
      expect(standIn.questions.length - asked).toBe(1)
    } finally {
      await store.close()
      rmSync(directory, { recursive: true })
    }
  })

  it('refuses to be made without keys, with one twice, or with an id that is none', () => {
    for (const wrong of [[], [first, { ...second, kid: 'k1' }], [{ ...first, kid: 'a:b' }]]) {
      expect(() => open(standIn.url, wrong)).toThrow(expect.objectContaining({ code: 'invalid_configuration' }))
    }
  })
})

it.each([
  ['gcpKms over http', () => gcpKms({ keys: [{ kid: 'k1', key: gcp.keys[0] }], endpoint: 'http://127.0.0.1:1' })],
  ['gcpKms with a key version', () => gcpKms({ keys: [{ kid: 'k1', key: `${gcp.keys[0]}/cryptoKeyVersions/1` }] })],
  ['vaultTransit over http', () => vaultTransit({ keys: [{ kid: 'k1', key: 'one' }], address: 'http://vault.internal:8200', token: 't', allowInsecureLoopback: true })],
  ['vaultTransit with a path for a key', () => vaultTransit({ keys: [{ kid: 'k1', key: '../sys/seal' }], address: 'https://vault.internal:8200', token: 't' })],
])('refuses %s', (_, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'invalid_configuration' }))
})
