import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** What the demo needs and nobody else may read. */
export type Secrets = Readonly<Record<'AUTHPIPE_KEYS' | 'DEMO_SESSION_SECRET', string>>

/**
 * Reads the demo's secrets from a file, or makes them once, readable by its owner only.
 *
 * @throws {Error} where the file is there but broken: new keys could not open what the old ones sealed
 */
export function keepSecrets(path: string): Secrets {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const fresh: Secrets = {
    AUTHPIPE_KEYS: `demo:${randomBytes(32).toString('base64')}`,
    DEMO_SESSION_SECRET: randomBytes(32).toString('base64url'),
  }
  try {
    writeFileSync(path, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    return fresh
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    return parseSecrets(readFileSync(path, 'utf8'), path)
  }
}

function parseSecrets(text: string, path: string): Secrets {
  try {
    const { AUTHPIPE_KEYS, DEMO_SESSION_SECRET }: Partial<Record<string, unknown>> = JSON.parse(text)
    if (typeof AUTHPIPE_KEYS === 'string' && typeof DEMO_SESSION_SECRET === 'string') return { AUTHPIPE_KEYS, DEMO_SESSION_SECRET }
  } catch {
    // Said below, in the same words as for any other broken content.
  }
  throw new Error(`${path} is damaged: delete the folder that holds it, and the demo starts afresh without its connections.`)
}
