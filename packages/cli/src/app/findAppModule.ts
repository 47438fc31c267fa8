import { resolve } from 'node:path'
import { findAppFolder, findMount, findServerFile } from '../doctor/findMount.ts'
import { Failure } from '../Failure.ts'
import type { AppOptions } from './appOptions.ts'
import { existingFolder } from './existingFolder.ts'
import { isFile } from './findSource.ts'
import { modeOf, type Mode } from './loadEnvironment.ts'

/** The module of an app that makes its server side, and what the app runs as. */
export interface AppModule {
  readonly directory: string
  readonly serverFile: string
  readonly mode: Mode
}

/** Finds what {@link AppOptions} name. @throws {Failure} where there is no such app or module */
export function findAppModule({ app, server, production }: AppOptions): AppModule {
  const directory = existingFolder(app)
  const appFolder = findAppFolder(directory)
  const serverFile = server === undefined ? findServerFile(directory, appFolder === undefined ? undefined : findMount(directory, appFolder)) : resolve(directory, server)
  if (serverFile === undefined || !isFile(serverFile)) throw new Failure('There is no module that calls createAuthpipe here: name the app with --app, or the module with --server.', 2)
  return { directory, serverFile, mode: modeOf(production) }
}
