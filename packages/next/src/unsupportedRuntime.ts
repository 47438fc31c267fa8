// What a bundler for the browser or the edge runtime gets instead of the server.
import { createError } from '@authpipe/core'

/** @throws {AuthpipeError} `invalid_configuration`, always */
export function createAuthpipe(): never {
  throw createError(
    'invalid_configuration',
    '@authpipe/next holds secrets and needs Node.js. In a route, remove `export const runtime = "edge"`; in a client component, use @authpipe/react instead.',
  )
}
