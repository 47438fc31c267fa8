import { describe, expect, it } from 'vitest'
import { importedId } from './importedId.ts'

const source = { tenantId: 'org_acme', provider: 'livechat', ownerId: 'user_1', sourceId: 'row_1' }

describe('importedId', () => {
  // Another one would have a second import store tokens again that the first one has used.
  it('is the same in every version', () => {
    expect(importedId(source)).toBe('113997cd-07c8-8eda-ad1e-5f199865fd5b')
  })

  it('is a UUID of a form of its own', () => {
    expect(importedId(source)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it.each([{ tenantId: 'org_acme2' }, { provider: 'help-scout' }, { ownerId: '' }, { sourceId: 'row_2' }, { ownerId: 'user_1row', sourceId: '_1' }])('differs for %j', (change) => {
    expect(importedId({ ...source, ...change })).not.toBe(importedId(source))
  })
})
