import { describe, expect, it } from 'vitest'

import { matchPath } from './pathPattern.ts'

describe('matchPath', () => {
  it.each([
    ['/livechat/', '/livechat/', {}],
    ['/livechat/', '/livechat', undefined],
    ['/livechat/v2', '/livechat/v2/token', undefined],
    ['/api/v3.6/*', '/api/v3.6/agent/action', {}],
    ['/api/v3.6/*', '/api/v3.6', undefined],
    ['/freshdesk/{subdomain}/api', '/freshdesk/acme/api', { subdomain: 'acme' }],
    ['/freshdesk/{subdomain}/api', '/freshdesk//api', undefined],
    ['/freshdesk/{subdomain}/api', '/freshdesk/acme/evil/api', undefined],
    ['/{a}/b/{c}/*', '/1/b/2/3/4', { a: '1', c: '2' }],
  ])('compares %s with %s', (pattern, path, parameters) => {
    expect(matchPath(pattern, path)).toEqual(parameters)
  })
})
