import { expect, test } from 'vitest'
import { KeyCache } from './keyCache.ts'

test('forgets a value once its time is over', () => {
  let now = 0
  const cache = new KeyCache<string>({ size: 10, lifetimeMs: 100, now: () => now })
  cache.set('a', 'value')
  now = 99
  expect(cache.get('a')).toBe('value')
  now = 100
  expect(cache.get('a')).toBeUndefined()
})

test('does not live longer for being used', () => {
  let now = 0
  const cache = new KeyCache<string>({ size: 2, lifetimeMs: 100, now: () => now })
  cache.set('a', 'value')
  now = 99
  cache.set('b', 'moves a to the older generation')
  expect(cache.get('a')).toBe('value')
  now = 100
  expect(cache.get('a')).toBeUndefined()
})

test('stays within its size and keeps what is used', () => {
  const cache = new KeyCache<number>({ size: 10, lifetimeMs: 1, now: () => 0 })
  cache.set('used', -1)
  for (let index = 0; index < 1000; index += 1) {
    cache.set(`name ${index}`, index)
    expect(cache.get('used')).toBe(-1)
  }
  const kept = Array.from({ length: 1000 }, (_, index) => cache.get(`name ${index}`)).filter((value) => value !== undefined)
  expect(kept.length).toBeLessThanOrEqual(10)
})

test('gives the newer of two values', () => {
  const cache = new KeyCache<number>({ size: 10, lifetimeMs: 1, now: () => 0 })
  cache.set('a', 1)
  for (let index = 0; index < 5; index += 1) cache.set(`name ${index}`, index)
  cache.set('a', 2)
  expect(cache.get('a')).toBe(2)
})

test('is empty after it was cleared', () => {
  const cache = new KeyCache<number>({ size: 2, lifetimeMs: 1, now: () => 0 })
  for (const name of ['a', 'b']) cache.set(name, 1)
  cache.clear()
  expect([cache.get('a'), cache.get('b')]).toEqual([undefined, undefined])
})
