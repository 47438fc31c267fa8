import { describe, expect, it } from 'vitest'
import { isLoopbackAddress, isLoopbackHost, isPublicAddress } from './addressRules.ts'

// SS-3, SS-4. Networks: https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry.
const special = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  // IPv4 in IPv6: mapped, compatible, translated (RFC 6052), 6to4 (RFC 3056), Teredo (RFC 4380).
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:169.254.169.254',
  '::ffff:8.8.8.8',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2001:0:4136:e378::1',
  '2001:20::1',
  '100::1',
  '2001:db8::1',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fec0::1',
  'ff02::1',
]

describe('isPublicAddress', () => {
  it.each([
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '198.17.255.255',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::1',
  ])('takes %s', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each(special)('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each([
    '',
    'localhost',
    'example.com',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '[2606:4700::1111]',
    'fe80::1%eth0',
    '8.8.8.8 ',
    '8.8.8.8/32',
  ])('refuses %j, which is not an address', (text) => {
    expect(isPublicAddress(text)).toBe(false)
  })
})

describe('isLoopbackAddress', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1'])('takes %s', (address) => {
    expect(isLoopbackAddress(address)).toBe(true)
  })

  it.each(['0.0.0.0', '::', '10.0.0.1', '169.254.169.254', '8.8.8.8', '128.0.0.1', 'localhost', ''])('refuses %j', (address) => {
    expect(isLoopbackAddress(address)).toBe(false)
  })
})

describe('isLoopbackHost', () => {
  it.each(['localhost', '127.0.0.1', '[::1]'])('takes %s', (host) => {
    expect(isLoopbackHost(host)).toBe(true)
  })

  it.each(['localhost.', 'localhost.evil.example', 'evil-localhost', 'app.localhost', '127.0.0.1.nip.io', '[::]', '0.0.0.0', 'example.com', ''])(
    'refuses %j',
    (host) => {
      expect(isLoopbackHost(host)).toBe(false)
    },
  )
})
