import { readFileSync } from 'node:fs'
import { parseSync, type ESTree } from 'vite'

/** A file of TypeScript, taken apart. */
export interface SourceFile {
  readonly path: string
  readonly source: string
  readonly program: ESTree.Program
  readonly comments: readonly { readonly value: string; readonly start: number; readonly end: number }[]
}

const files = new Map<string, SourceFile>()

/** Parses a file, once. */
export function openSource(path: string): SourceFile {
  const known = files.get(path)
  if (known) return known
  const source = readFileSync(path, 'utf8')
  const { program, comments, errors } = parseSync(path, source)
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`)
  const file = { path, source, program, comments }
  files.set(path, file)
  return file
}

/** The comment that ends just before a place; empty where there is none. */
export function docstringBefore({ source, comments }: SourceFile, start: number): string {
  const comment = comments.find(({ value, end }) => value.startsWith('*') && end < start && source.slice(end, start).trim() === '')
  return (comment?.value ?? '').slice(1).replace(/^\s*\* ?/gm, '').trim()
}
