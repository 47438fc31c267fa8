import type * as Inspect from '@authpipe/next/inspect'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Failure } from '../Failure.ts'

const specifier = '@authpipe/next/inspect'

/**
 * Loads the app's own copy of the server package, since its version knows the schema and the options that hold for the app; ours
 * where there is no app, or nothing is installed in it.
 *
 * @throws {Failure} where the app's copy is too old to be looked at
 */
export async function importInspect(directory: string): Promise<typeof Inspect> {
  const path = resolveFrom(directory)
  return path === undefined ? import('@authpipe/next/inspect') : import(pathToFileURL(path).href)
}

function resolveFrom(directory: string): string | undefined {
  const packageFile = join(directory, 'package.json')
  if (!existsSync(packageFile)) return undefined
  try {
    return createRequire(packageFile).resolve(specifier)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') return undefined
    throw new Failure("The app's @authpipe/next is older than this command and cannot be looked at: update it.")
  }
}
