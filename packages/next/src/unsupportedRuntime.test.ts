import { describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import * as elsewhere from './unsupportedRuntime.ts'

describe('where @authpipe/next cannot run', () => {
  // NX-9
  it.each([
    ['Node.js', ['node', 'import'], 'index'],
    ['a bundler for the edge runtime', ['edge-light', 'worker', 'browser'], 'unsupportedRuntime'],
    ['a bundler for browsers', ['browser', 'import'], 'clientComponent'],
  ])('gives %s the right file', (_, conditions, file) => {
    const [, target] = Object.entries(manifest.exports['.']).find(([condition]) => [...conditions, 'default'].includes(condition)) ?? []
    expect(typeof target === 'string' ? target : target?.default).toBe(`./dist/${file}.js`)
  })

  it('says so where it is used', () => {
    expect(elsewhere.createAuthpipe).toThrow(expect.objectContaining({ code: 'invalid_configuration', message: expect.stringMatching(/^@authpipe\/next holds secrets and needs Node\.js\./) as unknown }))
  })
})
