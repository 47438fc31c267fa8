import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { generateSecretKey, parseSecretKeys, SecretKeys } from './secretKeys.ts'

describe('parseSecretKeys', () => {
  it('reads several, comma separated', () => {
    const keys = [generateSecretKey(), generateSecretKey(), `ap_${randomBytes(16).toString('hex')}`, `ap_${randomBytes(24).toString('base64')}`]
    expect(parseSecretKeys(` ${keys.join(' ,\n')} `)).toEqual(keys)
  })

  it.each(['', '  '])('finds none in %j', (text) => {
    expect(parseSecretKeys(text)).toEqual([])
  })

  const random = randomBytes(32).toString('base64url')
  // CR-16
  it.each([
    ['a key without its prefix', random, 'does not start with "ap_"'],
    ['an empty entry', `,ap_${random}`, 'does not start with "ap_"'],
    ['a short one', `ap_${random.slice(0, 21)}`, 'has 21 characters after "ap_" instead of at least 22'],
    ['nothing but the prefix', 'ap_', 'has 0 characters after "ap_" instead of at least 22'],
    ['an endless one', `ap_${random.repeat(20)}`, 'has more than 512 characters'],
    ['a line break', `ap_${random}\n${random}`, 'has characters that no request header should carry'],
    ['an umlaut', `ap_${random}ä`, 'has characters that no request header should carry'],
    ['one letter', `ap_${'k'.repeat(43)}`, 'repeats the same few characters'],
    ['a word twice', `ap_${'secret'.repeat(5)}`, 'repeats the same few characters'],
    ['the alphabet', 'ap_abcdefghijklmnopqrstuvwxyz', 'follows a simple pattern'],
  ])('refuses %s, says how to make one and does not print it', (_, text, problem) => {
    expect(() => parseSecretKeys(text)).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        message: `Secret key 1 ${problem}. Make one with: node -e "console.log('ap_' + crypto.randomBytes(32).toString('base64url'))"`,
      }),
    )
  })

  it('takes whatever generateSecretKey makes', () => {
    for (let time = 0; time < 10_000; time += 1) expect(() => parseSecretKeys(generateSecretKey())).not.toThrow()
  })
})

describe('SecretKeys', () => {
  const [one, other] = [generateSecretKey(), generateSecretKey()]

  it('knows each of its keys, and nothing like them', () => {
    const keys = new SecretKeys([one, other])
    expect([one, other, generateSecretKey(), `${one}x`, one.slice(0, -1), one.toUpperCase(), '', 'ap_'].map((key) => keys.has(key))).toEqual([
      true,
      true,
      ...Array<boolean>(6).fill(false),
    ])
  })

  it('has none where none is configured, not even the empty one', () => {
    expect([new SecretKeys([]).areConfigured, new SecretKeys([]).has('')]).toEqual([false, false])
  })

  // LK-3
  it('prints no key', () => {
    const keys = new SecretKeys([one])
    expect(inspect(keys, { depth: Infinity, showHidden: true }) + JSON.stringify(keys)).not.toContain(one)
  })
})
