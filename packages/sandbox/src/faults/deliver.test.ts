import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

import { describe, expect, it } from 'vitest'

import { deliver } from './deliver.ts'

describe('deliver', () => {
  it.each(['oversized', 'gzip_bomb', 'trickle', 'drop'] as const)('sends no %s to a client that has left', async (kind) => {
    const response = new ServerResponse(new IncomingMessage(new Socket()))
    response.destroy()

    await expect(deliver(response, undefined, { kind })).resolves.toBeUndefined()
    expect(response.headersSent).toBe(false)
  })
})
