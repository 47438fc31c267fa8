import { relative } from 'node:path'
import { NodeTooOldToLoad } from './loadServerModule.ts'

/** Errors of Node.js whose text names modules and files, and nothing that an app holds. */
const spoken = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_UNKNOWN_FILE_EXTENSION', 'ERR_PACKAGE_PATH_NOT_EXPORTED', 'ERR_UNSUPPORTED_DIR_IMPORT'])

/** Says why a module could not be loaded. An error of the app's own is named by where it was thrown: its text could hold a secret. */
export function loadFailure(name: string, directory: string, error: unknown): string {
  return `${name} cannot be loaded by Node.js alone: ${reasonOf(directory, error)}.`
}

/** The same of what an app's own code throws while it is asked. */
export function callFailure(directory: string, error: unknown): string {
  return `The app's own code failed: it threw ${error instanceof Error ? `${error.name} ${placeOf(directory, error)}` : 'something that is no error'}.`
}

function reasonOf(directory: string, error: unknown): string {
  if (!(error instanceof Error)) return 'it threw something that is no error'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (code !== undefined && spoken.has(code)) return firstLine(error.message).replaceAll(`${directory}/`, '')
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') return `it uses TypeScript that does more than say types, such as an enum (${placeOf(directory, error)})`
  if (error instanceof NodeTooOldToLoad) return `this one, ${process.version}, cannot load TypeScript; 22.18 and newer can`
  const missing = /does not provide an export named '(\w+)'/.exec(error.message)?.[1]
  if (missing !== undefined) return `"${missing}" is imported as a value and is none: if it is a type, write "import type"`
  return `it threw ${error.name} ${placeOf(directory, error)}`
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''

function placeOf(directory: string, error: Error): string {
  const { message, stack = '' } = error
  // The stack begins with the text, which could itself read like a frame.
  const frames = stack.slice(stack.indexOf(message) + message.length)
  const [, path, line] = /(?:file:\/\/)?(\/[^\s():]+):(\d+):\d+/.exec(frames) ?? []
  return path === undefined ? 'somewhere in it' : `at ${relative(directory, path)}:${line}`
}
