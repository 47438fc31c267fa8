// What a bundler for the browser gets instead of the client.
import { createError } from '@authpipe/core'

/** @throws {AuthpipeError} `invalid_configuration`, always */
export function createAuthpipeClient(): never {
  throw createError('invalid_configuration', '@authpipe/node holds a secret key, which in a browser is everybody\'s. Use it on a server; in a page, use @authpipe/react.')
}
