import { livechat } from '@authpipe/core/providers'
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkOptions, resolveBaseUrl, resolveDatabase, resolveMaintenanceSecret, resolveRelay, resolveSecretKeys, type AuthpipeOptions } from './config.ts'
import { generateSecretKey } from './secretKeys.ts'

const options: AuthpipeOptions = { providers: [livechat({ clientId: 'id', clientSecret: 'secret' })], identify: () => null }
const check = (change: object) => checkOptions({ ...options, ...change })
const signingSecret = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 'CANARY').toString('base64')}`
const refusal = (message: string): unknown => expect.objectContaining({ code: 'invalid_configuration', message })

describe('checkOptions', () => {
  it('fills in every default', () => {
    expect(checkOptions(options)).toEqual({
      ...options,
      identifyTimeoutMs: 5_000,
      allowInsecureLoopback: false,
      maintenance: { mode: 'auto', warnBeforeMs: 604_800_000, keepEventsMs: 7_776_000_000 },
      refresh: { aheadMs: 300_000, minLifeMs: 5_000, minForceIntervalMs: 1_000, deadlineMs: 25_000 },
      health: {
        timeoutMs: 15_000,
        checkEveryMs: 21_600_000,
        confirmations: 2,
        confirmAfterMs: 300_000,
        breakerShare: 0.2,
        breakerWindow: 50,
        breakerProbeMs: 60_000,
        rateShare: 0.05,
      },
      cache: { maxStaleMs: 5_000, maxOutageMs: 300_000, maxEntries: 10_000 },
    })
  })

  it('keeps what is given and fills in the rest of a group', () => {
    expect(check({ maintenance: 'manual', refresh: { aheadMs: 1 }, cache: { maxEntries: 2 } })).toMatchObject({
      maintenance: { mode: 'manual', keepEventsMs: 7_776_000_000 },
      refresh: { aheadMs: 1, minLifeMs: 5_000 },
      cache: { maxEntries: 2, maxStaleMs: 5_000 },
    })
    expect(check({ maintenance: { keepEventsMs: 1 } }).maintenance).toEqual({ mode: 'auto', warnBeforeMs: 604_800_000, keepEventsMs: 1 })
  })

  it('takes a registration that another copy of the module made', () => {
    class Registration {
      definition = livechat.definition
      options = {}
    }
    expect(() => check({ providers: [new Registration()] })).not.toThrow()
  })

  it('fills in how fast events are posted', () => {
    const webhooks = { url: 'https://app.example.com/hooks', secrets: [signingSecret(24), signingSecret(64)] }
    expect(check({ webhooks }).webhooks).toEqual({ ...webhooks, maxPerSecond: 20 })
  })

  it.each([['http://127.0.0.1:8080/hooks'], ['http://localhost/hooks'], ['https://[::1]/hooks']])('lets events be posted to %s with allowInsecureLoopback alone', (url) => {
    const webhooks = { url, secrets: [signingSecret(32)] }
    expect(() => check({ webhooks, allowInsecureLoopback: true })).not.toThrow()
    expect(() => check({ webhooks })).toThrow(refusal('createAuthpipe: "webhooks.url" leads to this machine, which needs allowInsecureLoopback: true and http or https.'))
  })

  // SS-1, SS-3, SS-4, SS-9, SS-14
  it.each([
    ['hooks', /must be a plain URL such as https:/],
    ['https://user:CANARY_password@app.example.com/', /must be a plain URL such as https:/],
    ['https://app.example.com/#CANARY', /must be a plain URL such as https:/],
    ['http://app.example.com/hooks', /must start with https:\/\/\.$/],
    ['file:///etc/passwd', /must start with https:\/\/\.$/],
    ['https://10.0.0.1/', /must lead to a public address\.$/],
    ['https://169.254.169.254/latest', /must lead to a public address\.$/],
    ['https://2130706434/', /this machine|public address/],
    ['https://[fd00::1]/', /must lead to a public address\.$/],
    ['https://[::ffff:10.0.0.1]/', /must lead to a public address\.$/],
  ])('posts no events to %s', (url, sentence) => {
    const attempt = (): unknown => check({ webhooks: { url, secrets: [signingSecret(32)] } })
    expect(attempt).toThrow(expect.objectContaining({ code: 'invalid_configuration', message: expect.stringMatching(sentence) }))
    expect(attempt).not.toThrow(/CANARY/)
  })

  it.each([
    ['none', []],
    ['an empty one', ['']],
    ['one without its prefix', [Buffer.alloc(32, 'CANARY').toString('base64')]],
    ['a short one', [signingSecret(23)]],
    ['a long one', [signingSecret(65)]],
    ['one that is not base64', [`${signingSecret(32)}!`]],
    ['a bad one among good ones', [signingSecret(32), 'whsec_CANARY']],
    ['a text', signingSecret(32)],
    ['numbers', [1]],
  ])('refuses signing secrets that cannot be any, and quotes none: %s', (_, secrets) => {
    const attempt = (): unknown => check({ webhooks: { url: 'https://app.example.com/hooks', secrets } })
    expect(attempt).toThrow(expect.objectContaining({ code: 'invalid_configuration', message: expect.stringMatching(/^createAuthpipe: "webhooks\.secrets(\.\d)?" /) }))
    expect(attempt).not.toThrow(/CANARY|Q0FOQVJZ/)
  })

  it.each([
    [{ providers: undefined }, /^createAuthpipe: "providers" is not valid: /],
    [{ providers: [] }, /^createAuthpipe: "providers" needs at least one provider, such as livechat\(\{ clientId, clientSecret \}\)\.$/],
    [
      { providers: [livechat] },
      /^createAuthpipe: "providers\.0" must be made by calling a provider, such as livechat\(\{ clientId, clientSecret \}\)\.$/,
    ],
    [{ providers: [{ definition: {}, options: {} }] }, /^createAuthpipe: "providers\.0" must be made by calling a provider/],
    [{ identify: undefined }, /^createAuthpipe: "identify" must be a function\.$/],
    [{ identify: 'user_1' }, /^createAuthpipe: "identify" must be a function\.$/],
    [{ authorize: true }, /^createAuthpipe: "authorize" must be a function\.$/],
    [{ onEvent: {} }, /^createAuthpipe: "onEvent" must be a function\.$/],
    [{ webhooks: { url: 'https://app.example.com' } }, /^createAuthpipe: "webhooks\.secrets" is not valid: /],
    [{ webhooks: { url: 'https://app.example.com', secret: 'x' } }, /^createAuthpipe: "webhooks\.secrets" is not valid: /],
    [{ webhooks: { url: 'https://app.example.com', secrets: [], maxPerSecond: 0 } }, /^createAuthpipe: "webhooks\.maxPerSecond" is not valid: /],
    [{ identifyTimeoutMs: 0 }, /^createAuthpipe: "identifyTimeoutMs" is not valid: /],
    [{ identifyTimeoutMs: '5s' }, /^createAuthpipe: "identifyTimeoutMs" is not valid: /],
    [{ allowInsecureLoopback: 'true' }, /^createAuthpipe: "allowInsecureLoopback" is not valid: /],
    [{ maintenance: 'always' }, /^createAuthpipe: "maintenance" is not valid: /],
    [{ maintenance: { mode: 'always' } }, /^createAuthpipe: "maintenance\.mode" is not valid: /],
    [{ maintenance: { keepEventsMs: 0 } }, /^createAuthpipe: "maintenance\.keepEventsMs" is not valid: /],
    [{ maintenance: { every: 1 } }, /^createAuthpipe: "maintenance\.every" is not an option of this version\.$/],
    [{ maintenanceSecret: '' }, /^createAuthpipe: "maintenanceSecret" is not valid: /],
    [{ refresh: { aheadMs: -1 } }, /^createAuthpipe: "refresh\.aheadMs" is not valid: /],
    [{ refresh: { ahead: 1 } }, /^createAuthpipe: "refresh\.ahead" is not an option of this version\.$/],
    [{ health: { timeoutMs: Number.NaN } }, /^createAuthpipe: "health\.timeoutMs" is not valid: /],
    [{ health: { breakerShare: 20 } }, /^createAuthpipe: "health\.breakerShare" is not valid: /],
    [{ health: { confirmations: 0 } }, /^createAuthpipe: "health\.confirmations" is not valid: /],
    [{ cache: { maxEntries: 0.5 } }, /^createAuthpipe: "cache\.maxEntries" is not valid: /],
    [{ keys: { wrap: () => undefined } }, /^createAuthpipe: "keys" is not valid: /],
    [{ secretKeys: [1] }, /^createAuthpipe: "secretKeys" is not valid: /],
    [{ database: { open: () => undefined } }, /^createAuthpipe: "database" is not valid: /],
    [{ relay: {} }, /^createAuthpipe: "relay" needs either "through", on a preview, or "to" with at least one origin, on the deployment that relays\.$/],
    [{ relay: { to: [] } }, /^createAuthpipe: "relay" needs either /],
    [{ relay: { through: 'https://staging.example.com', to: ['https://*.preview.example.com'] } }, /^createAuthpipe: "relay" needs either /],
    [{ relay: { from: 'https://staging.example.com' } }, /^createAuthpipe: "relay\.from" is not an option of this version\.$/],
    [{ relay: { to: 'https://*.preview.example.com' } }, /^createAuthpipe: "relay\.to" is not valid: /],
    [{ relay: { to: ['https://*.preview.example.com', 'https://*.com'] } }, /^createAuthpipe: "relay\.to\.1" must end with a domain of yours/],
    [{ relay: { through: 'staging.example.com' } }, /^createAuthpipe: "relay\.through" must be a plain URL such as https:/],
    [{ relay: { through: 'https://CANARY@staging.example.com' } }, /^createAuthpipe: "relay\.through" must be a plain URL such as https:/],
    [{ relay: { through: 'http://staging.example.com' } }, /^createAuthpipe: "relay\.through" must start with https:\/\/\.$/],
    [{ relay: { through: 'http://localhost:3000' } }, /^createAuthpipe: "relay\.through" leads to this machine, which needs allowInsecureLoopback: true\.$/],
    [{ baseURL: 'https://app.example.com' }, /^createAuthpipe: "baseURL" is not an option of this version\.$/],
  ])('refuses %j in one sentence', (change, message) => {
    expect(() => check(change)).toThrow(refusal(expect.stringMatching(message) as string))
  })

  // CR-16
  it('never quotes a value', () => {
    for (const change of [{ keys: ['CANARY'] }, { secretKeys: ['CANARY', 1] }, { baseUrl: { CANARY: 1 } }, { database: ['CANARY'] }, { maintenance: 'CANARY' }]) {
      expect(() => check(change)).toThrow(refusal(expect.not.stringContaining('CANARY') as string))
    }
  })
})

describe('resolveBaseUrl', () => {
  const resolve = (baseUrl: string | undefined, env: Readonly<Record<string, string>> = {}) =>
    resolveBaseUrl(checkOptions({ ...options, ...(baseUrl === undefined ? {} : { baseUrl }) }), env)

  it.each([
    ['https://app.example.com/api/authpipe', 'https://app.example.com/api/authpipe', '/api/authpipe', true],
    ['https://app.example.com/api/authpipe/', 'https://app.example.com/api/authpipe', '/api/authpipe', true],
    ['HTTPS://App.Example.com:443', 'https://app.example.com', '', true],
    ['http://localhost:3000/api/authpipe', 'http://localhost:3000/api/authpipe', '/api/authpipe', false],
    ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000', '', false],
  ])('reads %s', (text, href, pathname, secure) => {
    expect(resolve(text)).toEqual({ href, origin: new URL(text).origin, pathname, secure })
  })

  it('comes from the option, else from the environment, else in development from the usual place', () => {
    const env = { AUTHPIPE_BASE_URL: 'https://env.example.com' }
    expect([resolve('https://option.example.com', env).href, resolve(undefined, env).href, resolve(undefined).href]).toEqual([
      'https://option.example.com',
      'https://env.example.com',
      'http://localhost:3000/api/authpipe',
    ])
  })

  it('must be set in production', () => {
    for (const env of [{ NODE_ENV: 'production' }, { AUTHPIPE_BASE_URL: '' }]) {
      expect(() => resolve(undefined, env)).toThrow(
        refusal('Set AUTHPIPE_BASE_URL (or "baseUrl") to the public URL of the mounted routes, such as https://app.example.com/api/authpipe.'),
      )
    }
  })

  it.each([
    'app.example.com',
    '/api/authpipe',
    'ftp://app.example.com',
    'https://app.example.com?x=1',
    'https://app.example.com/#x',
    'https://user:password@app.example.com',
    'https://app.example.com//api',
    'javascript:alert(1)',
  ])('refuses %s', (text) => {
    expect(() => resolve(text)).toThrow(refusal('The base URL must be a plain http or https URL such as https://app.example.com/api/authpipe.'))
  })

  it.each(['http://app.example.com', 'http://192.168.0.2:3000', 'http://localhost.example.com'])(
    'refuses %s, where cookies and codes would travel in the open',
    (text) => {
      expect(() => resolve(text)).toThrow(
        refusal(
          `The base URL must start with https://, since ${new URL(text).hostname} is not this machine: cookies and codes would travel in the open.`,
        ),
      )
    },
  )
})

describe('resolveMaintenanceSecret', () => {
  it('comes from the option, else from the environment, where an empty one is none', () => {
    const env = { AUTHPIPE_MAINTENANCE_SECRET: 'ours', CRON_SECRET: 'of the host' }
    const resolve = (given: object, env: Readonly<Record<string, string>>) => resolveMaintenanceSecret(check(given), env)
    expect([resolve({ maintenanceSecret: 'option' }, env), resolve({}, env), resolve({}, { ...env, AUTHPIPE_MAINTENANCE_SECRET: '' }), resolve({}, { CRON_SECRET: '' })]).toEqual([
      'option',
      'ours',
      'of the host',
      undefined,
    ])
  })
})

describe('resolveRelay', () => {
  const random = (): string => randomBytes(32).toString('base64')
  const baseUrl = resolveBaseUrl({ baseUrl: 'https://pr-7.preview.example.com/api/authpipe' }, {})
  const through = 'https://staging.example.com/api/authpipe'
  const resolve = (relay: AuthpipeOptions['relay'], env: Readonly<Record<string, string>> = {}) => resolveRelay(check({ relay }), baseUrl, env)

  it('is none unless asked for, whatever the environment has', () => {
    expect(resolve(undefined, { AUTHPIPE_RELAY_SECRET: random() })).toBeUndefined()
  })

  it('takes the secret of the environment, and several while one replaces another', () => {
    expect(resolve({ through }, { AUTHPIPE_RELAY_SECRET: `${random()}, ${random()}\n` })?.keys).toHaveLength(2)
    expect(resolve({ through, secret: random() }, { AUTHPIPE_RELAY_SECRET: 'CANARY' })?.keys).toHaveLength(1)
  })

  it('reads where providers return to', () => {
    expect(resolve({ through: `${through}/`, secret: random() })?.through?.href).toBe(through)
  })

  it('refuses a deployment that would relay to itself', () => {
    expect(() => resolve({ through: `${baseUrl.href}/`, secret: random() })).toThrow(refusal('createAuthpipe: "relay.through" is this deployment itself: give it "relay.to", and "relay.through" to the previews.'))
  })

  it.each([
    ['none', '', 'A relay needs a secret that both sides have: set AUTHPIPE_RELAY_SECRET (or "relay.secret").'],
    ['blanks', ' ', 'A relay needs a secret that both sides have: set AUTHPIPE_RELAY_SECRET (or "relay.secret").'],
    ['a word', 'CANARY', 'Relay secret 1 has 4 bytes instead of 32.'],
    ['a sentence', 'correct horse battery staple', 'Relay secret 1 is not base64.'],
    ['hex', randomBytes(32).toString('hex'), 'Relay secret 1 is written in hex, not in base64.'],
    ['16 bytes', randomBytes(16).toString('base64'), 'Relay secret 1 has 16 bytes instead of 32.'],
    ['a passphrase', Buffer.from('correct horse battery staple 123').toString('base64'), 'Relay secret 1 is readable text, not random bytes.'],
    ['zeros', Buffer.alloc(32).toString('base64'), 'Relay secret 1 repeats the same few bytes.'],
    ['a weak one behind a good one', `${random()},`, 'Relay secret 2 is not base64.'],
  ])('refuses a secret that is %s, and says how to make one', (_, secret, problem) => {
    expect(() => resolve({ through, secret })).toThrow(refusal(`${problem} Make one with: openssl rand -base64 32`))
  })
})

describe('resolveDatabase', () => {
  const resolve = (database?: AuthpipeOptions['database'], env: Readonly<Record<string, string>> = {}) =>
    resolveDatabase(checkOptions({ ...options, ...(database === undefined ? {} : { database }) }), env)

  it.each([
    ['file:.authpipe/authpipe.db', '.authpipe/authpipe.db'],
    ['file:/var/lib/authpipe.db', '/var/lib/authpipe.db'],
    ['file:///var/lib/authpipe.db', '/var/lib/authpipe.db'],
    ['file:with space.db', 'with space.db'],
  ])('reads %s', (url, path) => {
    expect(resolve(url)).toEqual({ kind: 'sqlite', path })
  })

  it('comes from the option, else from the environment, else from the usual place', () => {
    const env = { AUTHPIPE_DATABASE_URL: 'file:env.db' }
    expect([resolve('file:option.db', env), resolve(undefined, env), resolve()]).toEqual([
      { kind: 'sqlite', path: 'option.db' },
      { kind: 'sqlite', path: 'env.db' },
      { kind: 'sqlite', path: '.authpipe/authpipe.db' },
    ])
  })

  it.each(['', 'authpipe.db', 'file:', 'mysql://localhost', 'memory'])('refuses %j', (url) => {
    expect(() => resolve(url)).toThrow(refusal('The database must be a "file:" URL such as file:.authpipe/authpipe.db, a "postgres://" URL, or a Store of your own.'))
  })

  it('listens to the PostgreSQL of a plain URL, and to none behind a pooler unless it is told where', () => {
    const url = 'postgres://app:secret@db.example.com/app'
    expect([resolve(url), resolve({ url, poolSize: 2 }), resolve({ url, listenUrl: 'postgresql://direct.example.com/app' })]).toEqual([
      { kind: 'postgres', url, listenUrl: url },
      { kind: 'postgres', url, poolSize: 2 },
      { kind: 'postgres', url, listenUrl: 'postgresql://direct.example.com/app' },
    ])
  })

  it('says nothing of the password of a URL that it refuses', () => {
    expect(() => resolve({ url: 'mysql://app:CANARY@db.example.com/app' })).toThrow(/^(?!.*CANARY)The database must be/)
  })
})

describe('resolveSecretKeys', () => {
  const [one, other] = [generateSecretKey(), generateSecretKey()]
  const resolve = (secretKeys?: AuthpipeOptions['secretKeys'], env: Readonly<Record<string, string>> = {}) =>
    resolveSecretKeys(checkOptions({ ...options, ...(secretKeys === undefined ? {} : { secretKeys }) }), env)

  it('comes from the option, else from the environment, else there are none', () => {
    const env = { AUTHPIPE_SECRET_KEYS: other }
    expect([resolve(one, env), resolve([one, other]), resolve(undefined, env), resolve(), resolve(undefined, { AUTHPIPE_SECRET_KEYS: '' })]).toEqual([
      [one],
      [one, other],
      [other],
      [],
      [],
    ])
  })
})
