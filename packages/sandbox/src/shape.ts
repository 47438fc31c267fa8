// Parsers for the JSON that the control API is sent: unknown in, a typed value out, or an InvalidShape with one clear sentence.

/** Says which member has the wrong form. */
export class InvalidShape extends Error {
  override readonly name = 'InvalidShape'
}

export type Parser<T> = (value: unknown, name: string) => T

export const text: Parser<string> = (value, name) => {
  if (typeof value !== 'string') throw new InvalidShape(`"${name}" must be a string.`)
  return value
}

export const flag: Parser<boolean> = (value, name) => {
  if (typeof value !== 'boolean') throw new InvalidShape(`"${name}" must be true or false.`)
  return value
}

/** An http or https URL. */
export const address: Parser<string> = (value, name) => {
  const given = text(value, name)
  if (!/^https?:/.test(given) || !URL.canParse(given)) throw new InvalidShape(`"${name}" must be an http or https address.`)
  return given
}

/** Zero or a positive finite number. */
export const amount: Parser<number> = (value, name) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw new InvalidShape(`"${name}" must be a number that is not negative.`)
  return value
}

export const oneOf =
  <const T extends string | number>(values: readonly T[]): Parser<T> =>
  (value, name) => {
    const known = values.find((candidate) => candidate === value)
    if (known === undefined) throw new InvalidShape(`"${name}" must be one of ${values.join(', ')}.`)
    return known
  }

export const nullable =
  <T>(parse: Parser<T>): Parser<T | null> =>
  (value, name) =>
    value === null ? null : parse(value, name)

export const optional =
  <T>(parse: Parser<T>): Parser<T | undefined> =>
  (value, name) =>
    value === undefined ? undefined : parse(value, name)

export const list =
  <T>(parse: Parser<T>): Parser<T[]> =>
  (value, name) => {
    if (!Array.isArray(value)) throw new InvalidShape(`"${name}" must be a list.`)
    return value.map((item, index) => parse(item, `${name}[${index}]`))
  }

export const record: Parser<Record<string, unknown>> = (value, name) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidShape(`"${name}" must be an object.`)
  return { ...value }
}

export const textRecord: Parser<Record<string, string>> = (value, name) =>
  Object.fromEntries(Object.entries(record(value, name)).map(([key, item]) => [key, text(item, `${name}.${key}`)]))

/** One parser for each member of `T`. */
export type Members<T> = { readonly [K in keyof T]-?: Parser<T[K]> }

/** Some of the declared members; one that is not declared is an error, so that a slip of the pen is seen. */
export const some =
  <T extends object>(members: Members<T>): Parser<Partial<T>> =>
  (value, name) => {
    const given = record(value, name)
    const unknown = Object.keys(given).find((key) => !Object.hasOwn(members, key))
    if (unknown !== undefined) throw new InvalidShape(`"${unknown}" is not known. Known are ${Object.keys(members).join(', ')}.`)
    const copy: Partial<T> = {}
    for (const key in members) if (given[key] !== undefined) copy[key] = members[key](given[key], key)
    return copy
  }
