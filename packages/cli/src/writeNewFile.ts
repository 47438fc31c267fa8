import { randomUUID } from 'node:crypto'
import { accessSync, closeSync, constants, existsSync, fsyncSync, linkSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from './Failure.ts'

/** Says now why a new file could not be written later. @throws {Failure} */
export function checkNewFile(path: string): void {
  if (existsSync(path)) throw new Failure(`${path} is there already and is not written over: name another file, or move it away.`)
  try {
    accessSync(dirname(path), constants.W_OK)
  } catch (error) {
    throw cannotWrite(path, error)
  }
}

/**
 * Writes a file for its owner alone, whole or not at all, and never over another one.
 *
 * @throws {Failure}
 */
export function writeNewFile(path: string, text: string): void {
  checkNewFile(path)
  const draft = join(dirname(path), `.authpipe-${randomUUID()}`)
  try {
    const file = openSync(draft, 'wx', 0o600)
    try {
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    // Unlike a rename, it fails where somebody has written one meanwhile.
    linkSync(draft, path)
  } catch (error) {
    throw cannotWrite(path, error)
  } finally {
    rmSync(draft, { force: true })
  }
}

function cannotWrite(path: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return new Failure(`${path} cannot be written (${code}): check its folder and the permissions of that, and run this again.`)
}
