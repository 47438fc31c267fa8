import { catalog } from '@authpipe/core/providers'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { askProviders, askWhether, type Console } from './askChoices.ts'

const definitions = catalog.map(({ definition }) => definition)

/** A person who presses keys, one at a time. */
function person(...keys: readonly string[]): Required<Console> {
  const input = new PassThrough()
  const output = new PassThrough()
  output.resume()
  for (const [index, key] of keys.entries()) setImmediate(() => setTimeout(() => input.write(key), index))
  return { input, output }
}

describe('questions at a terminal', () => {
  it('take the providers that are chosen', async () => {
    const chosen = await askProviders(definitions, person(' ', '\u001B[B', ' ', '\r'))

    expect(chosen.map(({ id }) => id)).toEqual(['livechat', 'help-scout'])
  })

  it('take yes and no', async () => {
    expect(await askWhether('Replace it?', false, person('y'))).toBe(true)
    expect(await askWhether('Replace it?', true, person('n'))).toBe(false)
  })

  it('take enter for what is proposed', async () => {
    expect(await askWhether('Replace it?', false, person('\r'))).toBe(false)
  })

  it('end in nothing written when somebody gives up', async () => {
    await expect(askProviders(definitions, person('\u0003'))).rejects.toThrow('You gave up: nothing was written.')
    await expect(askWhether('Replace it?', false, person('\u001B'))).rejects.toThrow('You gave up: nothing was written.')
  })
})
