import { resolve } from 'node:path'
import { Failure } from '../Failure.ts'
import { isDirectory } from './findSource.ts'

/** The whole path of a folder that somebody named. @throws {Failure} where there is none */
export function existingFolder(path: string): string {
  const directory = resolve(path)
  if (isDirectory(directory)) return directory
  throw new Failure(`There is no folder ${directory}: name the app's with --app.`, 2)
}
