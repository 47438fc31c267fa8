import { randomUUID } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isFile } from '../app/findSource.ts'
import { Failure } from '../Failure.ts'
import type { PlannedFile } from './PlannedFile.ts'

/**
 * Writes files so that each is there whole or not at all: all of them are written beside their places first and moved there only when
 * that went well.
 *
 * @throws {Failure} having changed nothing where one cannot be written
 */
export function writeFiles(directory: string, files: readonly PlannedFile[]): void {
  const drafts: { readonly draft: string; readonly target: string }[] = []
  const folders: string[] = []
  let current = directory
  try {
    for (const { path, after, mode } of files) {
      current = path
      const place = join(directory, path)
      // A link stays a link.
      const target = isFile(place) ? realpathSync(place) : place
      const made = mkdirSync(dirname(target), { recursive: true })
      if (made !== undefined) folders.push(made)
      const draft = join(dirname(target), `.authpipe-${randomUUID()}`)
      drafts.push({ draft, target })
      writeDraft(draft, after, mode ?? (isFile(target) ? statSync(target).mode & 0o777 : undefined))
    }
  } catch (error) {
    for (const { draft } of drafts) rmSync(draft, { force: true })
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    throw new Failure(`${current} cannot be written (${codeOf(error)}): check the permissions of its folder. Nothing was changed.`)
  }
  for (const { draft, target } of drafts) renameSync(draft, target)
}

function writeDraft(path: string, text: string, mode: number | undefined): void {
  const file = openSync(path, 'wx', mode ?? 0o666)
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  // Whatever the umask is.
  if (mode !== undefined) chmodSync(path, mode)
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown')
