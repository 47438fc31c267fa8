// Where the key-encryption keys come from.
import { createError } from '@authpipe/core'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Config, Database, Environment } from './config.ts'
import { log } from './log.ts'
import { createKeyring, generateKey, parseKeys } from './vault/keyring.ts'
import type { KeyManager } from './vault/keyManager.ts'

/** @throws {AuthpipeError} `invalid_configuration` where there are no keys, or none that can be used */
export async function resolveKeyManager(config: Pick<Config, 'keys'>, env: Environment, database: Database): Promise<KeyManager> {
  if (needsNoKey(config, env, database)) await makeDevelopmentKey(database.path)
  // Made just now, or before.
  return (await findKeyManager(config, env, database)) ?? createKeyring(parseKeys(''))
}

/**
 * Finds the keys and makes none.
 *
 * @returns `undefined` where one is made at the first start
 * @throws {AuthpipeError} as {@link resolveKeyManager}
 */
export async function findKeyManager(config: Pick<Config, 'keys'>, env: Environment, database: Database): Promise<KeyManager | undefined> {
  if (typeof config.keys === 'object') return config.keys
  if (!needsNoKey(config, env, database)) return createKeyring(parseKeys(config.keys ?? env.AUTHPIPE_KEYS ?? ''))
  const text = await readFile(developmentKeyPath(database.path), 'utf8').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw cannotBeKept(database.path, error)
  })
  return text === undefined ? undefined : createKeyring(parseKeys(text.trim()))
}

type SqliteDatabase = Extract<Database, { kind: 'sqlite' }>

/** Whether a key is kept beside the database, as in development. */
function needsNoKey({ keys }: Pick<Config, 'keys'>, env: Environment, database: Database): database is SqliteDatabase {
  return typeof keys !== 'object' && !(keys ?? env.AUTHPIPE_KEYS) && env.NODE_ENV !== 'production' && database.kind === 'sqlite'
}

const developmentKeyPath = (databasePath: string): string => join(dirname(resolve(databasePath)), 'development.key')

/** In development a key is made once and kept beside the database, readable by its owner alone. */
async function makeDevelopmentKey(databasePath: string): Promise<void> {
  const path = developmentKeyPath(databasePath)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    // `wx` fails where the file is there already, also when another process made it a moment ago.
    await writeFile(path, `${generateKey()}\n`, { flag: 'wx', mode: 0o600 })
    log('made an encryption key for development; set AUTHPIPE_KEYS in production', { file: path })
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw cannotBeKept(databasePath, error)
  }
  await chmod(path, 0o600)
}

const isSystemError = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code

const cannotBeKept = (databasePath: string, cause: unknown): Error =>
  createError('invalid_configuration', `The development key cannot be kept in ${dirname(resolve(databasePath))}. Set AUTHPIPE_KEYS.`, { cause })
