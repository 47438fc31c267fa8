import { parseJson } from '@authpipe/core/server'
import { readFileSync } from 'node:fs'
import { Failure } from '../Failure.ts'
import type { RowProblem, SourceRow } from './SourceRow.ts'

/** What a source holds. */
export interface ReadRows {
  readonly rows: readonly SourceRow[]
  /** What could not even be read as a row. */
  readonly problems: readonly RowProblem[]
}

/** Reads a JSON array, one JSON object, or JSON objects line by line. @param path - `-` for the standard input @throws {Failure} */
export function readJsonRows(path: string): ReadRows {
  const text = readText(path).replace(/^\uFEFF/, '')
  const whole = parse(text)
  if (Array.isArray(whole)) return { rows: whole.map((value: unknown, index) => ({ name: `row ${index + 1}`, value })), problems: [] }
  if (whole !== undefined) return { rows: [{ name: 'row 1', value: whole }], problems: [] }

  const rows: SourceRow[] = []
  const problems: RowProblem[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const name = `line ${index + 1}`
    const value = parse(line)
    if (value === undefined) problems.push({ row: name, problem: 'It is not JSON. A file holds one array, or one object in each line.' })
    else rows.push({ name, value })
  }
  return { rows, problems }
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path === '-' ? process.stdin.fd : path))
  } catch (error) {
    const reason = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'does not exist' : 'cannot be read as text'
    throw new Failure(`The file to import ${reason}: name a JSON file, file:… for SQLite, or postgres://….`, 2)
  }
}

/** The parser's error quotes what it could not read, so it goes no further. */
function parse(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
