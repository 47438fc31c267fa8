import { expect, test } from 'vitest'
import { findConnection } from './findConnection.ts'
import { mockConnection } from './testing/index.ts'

const old = mockConnection({ id: 'old', connectedAt: '2026-01-01T00:00:00Z' })
const recent = mockConnection({ id: 'recent', connectedAt: '2026-02-01T00:00:00Z' })
const broken = mockConnection({ id: 'broken', status: 'needs_reauth', connectedAt: '2026-03-01T00:00:00Z' })
const gone = mockConnection({ id: 'gone', status: 'revoked', isDefault: true, connectedAt: '2026-04-01T00:00:00Z' })
const livechat = { provider: 'livechat' }

test('takes the newest active one', () => {
  expect(findConnection([old, recent, broken, gone], livechat)).toBe(recent)
})

test('takes the default before all others', () => {
  const preferred = { ...old, isDefault: true }
  expect(findConnection([recent, broken, preferred], livechat)).toBe(preferred)
})

test('takes one that needs attention where none is active, and a disconnected one last', () => {
  expect(findConnection([gone, broken], livechat)).toBe(broken)
  expect(findConnection([gone], livechat)).toBe(gone)
})

test('takes exactly the one that is named', () => {
  expect(findConnection([old, recent], { connectionId: 'old' })).toBe(old)
})

test('finds none of another provider', () => {
  expect(findConnection([old], { provider: 'crisp' })).toBeNull()
})

test('tells an installation from a connection where it is asked to', () => {
  const installed = { ...recent, id: 'installed', kind: 'installation' as const }
  expect(findConnection([installed, old], { provider: 'livechat', kind: 'user' })).toBe(old)
  expect(findConnection([installed, old], { provider: 'livechat', kind: 'installation' })).toBe(installed)
  expect(findConnection([installed, old], livechat)).toBe(installed)
})

test('leaves the list as it was', () => {
  const list = Object.freeze([old, recent])
  findConnection(list, livechat)
  expect(list).toEqual([old, recent])
})
