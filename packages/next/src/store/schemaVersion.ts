import { createError } from '@authpipe/core'

/** @throws {AuthpipeError} `invalid_configuration` where a later version of this package has been at work */
export function checkSchemaVersion(databaseName: string, version: number, newestVersion: number): void {
  if (version <= newestVersion) return
  throw createError(
    'invalid_configuration',
    `The database ${databaseName} has schema version ${version}, this version of Authpipe knows ${newestVersion}. Update @authpipe/next.`,
  )
}
