import { describe, expect, it } from 'vitest'

import { containsScope, livechatScopes } from './livechatScopes.ts'

describe('livechatScopes', () => {
  it('holds each documented scope once', () => {
    expect(livechatScopes).toHaveLength(62)
    expect(new Set(livechatScopes.map(({ id }) => id)).size).toBe(62)
  })
})

describe('containsScope', () => {
  it.each([
    ['chats--all:rw', 'chats--all:ro'],
    ['chats--all:ro', 'chats--access:ro'],
    ['chats--all:rw', 'chats--my:ro'],
    ['chats--access:ro', 'chats--my:ro'],
    ['accounts--all:rc', 'accounts--my:ro'],
    ['customers:rw', 'customers:ro'],
  ])('finds in %s also %s', (have, wanted) => {
    expect(containsScope([have], wanted)).toBe(true)
  })

  it.each([
    ['chats--all:ro', 'chats--all:rw'],
    ['chats--my:rw', 'chats--access:ro'],
    ['chats--access:ro', 'chats--all:ro'],
    ['chats.conversation--all:rw', 'chats--all:ro'],
    ['customers:own', 'customers:ro'],
    ['accounts--all:rc', 'accounts--all:rw'],
  ])('does not find in %s also %s', (have, wanted) => {
    expect(containsScope([have], wanted)).toBe(false)
  })
})
