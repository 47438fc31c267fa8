import { describe, expect, it } from 'vitest'
import { AuthpipeError } from './errors.ts'
import { dnsLabel, expandTemplate, isSafeTemplate, templateSettings } from './settingTemplate.ts'

// SS-1, SS-2
const hostileLabels = [
  '',
  ' ',
  'evil.com#',
  'evil.com/',
  'evil.com?',
  'evil.com\\',
  'user@evil',
  'a.b',
  'acme%2eevil',
  'acme:8443',
  'acme\t',
  'acme\r\n',
  'acme\n',
  '\nacme',
  'acme\u0000',
  'a'.repeat(64),
  '-acme',
  'acme-',
  'ACME',
  'ａcme',
  '１２７',
  'acme。evil',
  '{subdomain}',
  '$&',
]

describe('dnsLabel', () => {
  it.each(['a', '7', 'acme', 'acme-2', 'xn--bcher-kva', 'a'.repeat(63)])('takes %s', (label) => {
    expect(dnsLabel.test(label)).toBe(true)
  })

  it.each(hostileLabels)('refuses %j', (label) => {
    expect(dnsLabel.test(label)).toBe(false)
  })
})

describe('templateSettings', () => {
  it('names the settings of a template in order', () => {
    expect(templateSettings('https://{subdomain}.acme.com/{region}/api')).toEqual(['subdomain', 'region'])
    expect(templateSettings('https://acme.com')).toEqual([])
  })
})

describe('isSafeTemplate', () => {
  it.each([
    'https://acme.com',
    'https://acme.com/',
    'https://api.acme.com:8443/v1',
    'https://{subdomain}.acme.com',
    'https://{subdomain}.acme.co.uk/api/v2',
    'https://api.acme.com/{organization}/v1',
    'http://127.0.0.1:3000/api',
  ])('takes %s', (template) => {
    expect(isSafeTemplate(template)).toBe(true)
  })

  it.each([
    // The setting would choose who owns the host.
    'https://{host}',
    'https://{host}/api',
    'https://{subdomain}.com',
    'https://{subdomain}.com.',
    'https://{subdomain}.com.:443',
    'https://{subdomain}..com',
    'https://api.{domain}',
    'https://api.{domain}.com',
    'https://{a}{b}.acme.com',
    'https://{a}.{b}.acme.com',
    'https://x{a}.acme.com',
    'https://{a}x.acme.com',
    'https://{subdomain}:443.acme.com',
    'https://acme.com:{port}',
    // Before an @ it is no host at all.
    'https://{user}@acme.com',
    'https://acme.com@{subdomain}.evil.com',
    'https://user:{password}@acme.com',
    // Only a whole segment, and nothing after the path.
    'https://acme.com/v{version}',
    'https://acme.com/{a}{b}',
    'https://acme.com?x={a}',
    'https://acme.com/?x=1',
    'https://acme.com/#{a}',
    'https://acme.com\\{a}.evil.com',
    '{scheme}://acme.com',
    'ftp://acme.com',
    'javascript://acme.com',
    'file:///etc/passwd',
    'acme.com',
    '//acme.com',
    'https://',
    '',
    ' https://acme.com',
    'https://acme.com\n.evil.com',
    'https://ac me.com',
  ])('refuses %j', (template) => {
    expect(isSafeTemplate(template)).toBe(false)
  })
})

describe('expandTemplate', () => {
  const template = 'https://{subdomain}.acme.com/{region}/api'

  it('puts settings in their places', () => {
    expect(expandTemplate(template, { subdomain: 'north', region: 'eu' })).toBe('https://north.acme.com/eu/api')
  })

  it.each(hostileLabels)('refuses the setting %j and does not quote it', (subdomain) => {
    const expand = (): string => expandTemplate(template, { subdomain, region: 'eu' })
    expect(expand).toThrow(AuthpipeError)
    expect(expand).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        message: 'The setting "subdomain" is missing or has characters that cannot stand in a host name. Give just the name, such as "acme".',
        details: { setting: 'subdomain' },
      }),
    )
  })

  it('takes no setting from a prototype', () => {
    expect(() => expandTemplate('https://{constructor}.acme.com', {})).toThrow(
      expect.objectContaining({ code: 'invalid_request', details: { setting: 'constructor' } }),
    )
    expect(() => expandTemplate(template, Object.create({ subdomain: 'north', region: 'eu' }))).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    )
  })
})
