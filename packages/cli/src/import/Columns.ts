import { InvalidRow } from './SourceRow.ts'

/** The columns of a row by their names, however they are spelt: `access_token` is `accessToken`. */
export class Columns {
  readonly #values = new Map<string, unknown>()

  /** @throws {InvalidRow} where it is no row */
  constructor(row: unknown) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new InvalidRow('It is not an object with columns.')
    for (const [name, value] of Object.entries(row)) this.#values.set(plain(name), value)
  }

  /** Text, or a number as text; `undefined` where it is absent or empty. @throws {InvalidRow} */
  text(name: string): string | undefined {
    const value = this.#values.get(plain(name))
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'string') return value
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
    throw new InvalidRow(`Its ${name} is no text.`)
  }

  /** @throws {InvalidRow} where it is absent */
  required(name: string): string {
    const value = this.text(name)
    if (value === undefined) throw new InvalidRow(`It has no ${name}.`)
    return value
  }

  /** Scopes that are joined by spaces or commas. @throws {InvalidRow} */
  scopes(name: string): readonly string[] | undefined {
    return this.text(name)?.split(/[\s,]+/).filter((scope) => scope !== '')
  }

  /** An instant in ISO 8601, from the forms in which databases keep one. @throws {InvalidRow} */
  instant(name: string): string | undefined {
    const value = this.#values.get(plain(name))
    if (value === undefined || value === null || value === '') return undefined
    const at = typeof value === 'string' || typeof value === 'number' ? parseInstant(String(value)) : NaN
    if (Number.isNaN(at)) throw new InvalidRow(`Its ${name} is no instant: write it in ISO 8601, or in seconds or milliseconds since 1970.`)
    return new Date(at).toISOString()
  }
}

const plain = (name: string): string => name.replaceAll('_', '').toLowerCase()

/** Below it a number counts seconds, from it on milliseconds: as milliseconds it is in 1973, as seconds in 5138. */
const leastMilliseconds = 100_000_000_000
const longestInstant = 8_640_000_000_000_000

/** @returns epoch milliseconds, or `NaN`. A date without a zone is in UTC, as the libraries write it. */
function parseInstant(text: string): number {
  if (/^\d{1,16}(\.\d+)?$/.test(text)) {
    const at = Number(text) < leastMilliseconds ? Number(text) * 1000 : Number(text)
    return at <= longestInstant ? Math.floor(at) : NaN
  }
  const [, day, time, zone = 'Z'] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text) ?? []
  return day === undefined || time === undefined ? NaN : Date.parse(`${day}T${time}${/^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone}`)
}
