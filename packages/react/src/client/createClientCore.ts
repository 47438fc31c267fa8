import type { Parser } from '@authpipe/core'
import { pageWindows, type ConnectWindows } from './connectWindow.ts'
import { networkError } from './networkError.ts'
import type { Attempt } from './openAttempt.ts'

/** The part of a client that a button needs before anybody has clicked it. What else there is are functions that take it. */
export interface ClientCore {
  readonly basePath: string
  /**
   * Calls a route below the base path and parses its answer. The request goes out at once, also where its parser is still loading.
   * @throws {AuthpipeError} the problem that the server answered with, or `network_error` (retryable)
   */
  call<T>(path: string, parse: Parser<T> | PromiseLike<Parser<T>>, init?: RequestInit): Promise<T>
  readonly windows: ConnectWindows
  /** The attempts under way, by what they connect. */
  readonly attempts: Map<string, Attempt>
}

export interface ClientOptions {
  /**
   * Where the server's routes are mounted, on this origin.
   * @defaultValue `/api/authpipe`
   */
  readonly basePath?: string
  /** @defaultValue the page's own `fetch` */
  readonly fetch?: (url: string, init?: RequestInit) => Promise<Response>
  /** @defaultValue windows of the page's own browser */
  readonly windows?: ConnectWindows
}

export const defaultBasePath = '/api/authpipe'

/** Makes what {@link createClient} consists of. */
export const createClientCore = ({ basePath = defaultBasePath, fetch, windows = pageWindows }: ClientOptions = {}): ClientCore => ({
  basePath,
  call: (path, parse, init) =>
    // All at once: what reads the answer loads while the answer is under way.
    Promise.all([(fetch ?? globalThis.fetch)(basePath + path, init), parse, import('./readAnswer.ts')]).then(
      ([response, parser, { readAnswer }]) => readAnswer(response, parser, path),
      (cause: unknown) => {
        throw networkError(`No usable answer to ${path}.`, cause)
      },
    ),
  windows,
  attempts: new Map(),
})
