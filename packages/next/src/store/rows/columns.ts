// Readers of one column each. A value that this version does not know is an error, never a guess.
import { AuthpipeError, createError } from '@authpipe/core'

/** A row as the driver hands it over. */
export type Row = Readonly<Record<string, unknown>>

const unreadable = (column: string): Error =>
  createError(
    'store_unavailable',
    `A row cannot be read: the column "${column}" holds a value that this version of Authpipe does not know. Was the database edited by hand?`,
    { details: { column } },
  )

/** Whether the database answers and a row of it is the trouble. */
export function isUnreadableRow(error: unknown): boolean {
  return error instanceof AuthpipeError && error.details?.column !== undefined
}

export function text(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw unreadable(column)
  return value
}

export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column)
}

export function integer(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw unreadable(column)
  return value
}

export function optionalInteger(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : integer(row, column)
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column]
  if (!(value instanceof Uint8Array)) throw unreadable(column)
  // Some drivers have a class of their own for them.
  return value.constructor === Uint8Array ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
}

/** One of a closed list of words. */
export function word<const T extends string>(row: Row, column: string, words: readonly T[]): T {
  const value = row[column]
  for (const known of words) if (known === value) return known
  throw unreadable(column)
}

function parsed(row: Row, column: string): unknown {
  try {
    return JSON.parse(text(row, column))
  } catch {
    throw unreadable(column)
  }
}

/** Equal texts give the same object: most rows have one of few lists of scopes, and the hot read is measured in microseconds. */
function remembering<T>(read: (row: Row, column: string) => T): (row: Row, column: string) => T {
  const known = new Map<unknown, T>()
  return (row, column) => {
    const written = row[column]
    let value = known.get(written)
    if (value === undefined) {
      value = Object.freeze(read(row, column))
      if (known.size >= 1_000) known.clear()
      known.set(written, value)
    }
    return value
  }
}

/** A JSON list of strings. */
export const texts: (row: Row, column: string) => readonly string[] = remembering((row, column) => {
  const value = parsed(row, column)
  if (!Array.isArray(value) || !value.every(isText)) throw unreadable(column)
  return value
})

/** A JSON object of strings; `__proto__` stays an ordinary member. */
export const textMembers: (row: Row, column: string) => Readonly<Record<string, string>> = remembering((row, column) => members(row, column, isText))

/** A JSON object whose members pass `isMember`; `__proto__` stays an ordinary member. */
export function members<T>(row: Row, column: string, isMember: (value: unknown) => value is T): Readonly<Record<string, T>> {
  const value = parsed(row, column)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable(column)
  const entries: [string, T][] = []
  for (const [name, member] of Object.entries(value)) {
    if (!isMember(member)) throw unreadable(column)
    entries.push([name, member])
  }
  return Object.fromEntries(entries)
}

export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** Lets a parser fill in the members that are there and leave the others out. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] }
