import { statSync } from 'node:fs'
import { join } from 'node:path'

const extensions = ['.ts', '.tsx', '.mts', '.js', '.jsx', '.mjs', '.json']

/** The source file that a bundler would take for a path without an extension. @returns `undefined` where there is none */
export function findSource(path: string): string | undefined {
  return [path, ...extensions.map((extension) => path + extension), ...extensions.map((extension) => join(path, `index${extension}`))].find(isFile)
}

export const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
export const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
