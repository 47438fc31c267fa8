// Loaded beside the first request, since nothing can be read before the server has answered.
import { parseConnections, parseProblem, type AuthpipeError, type Connection, type Parser } from '@authpipe/core'
import { networkError } from './networkError.ts'

/** Parses the answer of `GET /connections`. */
export const parseConnectionList: Parser<readonly Connection[]> = (body, path) => parseConnections(body, path).connections

/**
 * Reads an answer of the server.
 *
 * @throws {AuthpipeError} the problem that it answered with, or `network_error` (retryable) for a body that nobody can use
 */
export async function readAnswer<T>(response: Response, parse: Parser<T>, path: string): Promise<T> {
  let problem: AuthpipeError
  try {
    const body: unknown = response.status === 204 ? undefined : await response.json()
    if (response.ok) return parse(body, path)
    problem = parseProblem(body, response.status)
  } catch (cause) {
    throw networkError(`No usable answer to ${path}.`, cause)
  }
  throw problem
}
