import { readFileSync } from 'node:fs'
import { Failure } from './Failure.ts'

/** Reads a file that somebody named. @throws {Failure} */
export function readGivenFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure(`${path} cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}): name a file that is there.`)
  }
}
