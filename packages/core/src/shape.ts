// Parsers for values from outside: unknown in, a typed copy of just the declared members out, or an InvalidShape.

/** Says which member of a value from outside has the wrong form; never quotes the value. */
export class InvalidShape extends Error {
  readonly path: string

  constructor(path: string, expected: string) {
    super(`${path} is not ${expected}.`)
    this.name = 'InvalidShape'
    this.path = path
  }
}

/** Turns an unknown value into a `T` or throws {@link InvalidShape}; `path` names the place in messages. */
export type Parser<T> = (value: unknown, path: string) => T

export const text: Parser<string> = (value, path) => {
  if (typeof value !== 'string') throw new InvalidShape(path, 'a string')
  return value
}

/** An id that some answers write as a number and others as a string: always a string here, and never an empty one. */
export const numberOrText: Parser<string> = (value, path) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return String(value)
  if (typeof value === 'string' && value !== '') return value
  throw new InvalidShape(path, 'an id')
}

/** A number without a fraction, from zero up. */
export const wholeNumber: Parser<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new InvalidShape(path, 'a whole number from zero up')
  return value
}

export const flag: Parser<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new InvalidShape(path, 'true or false')
  return value
}

/** One of a closed list of words. */
export const oneOf =
  <const T extends string>(words: readonly T[]): Parser<T> =>
  (value, path) => {
    const word = words.find((known) => known === value)
    if (word === undefined) throw new InvalidShape(path, `one of ${words.join(', ')}`)
    return word
  }

/** Absent (`undefined` or `null`) or a `T`. */
export const optional =
  <T>(parse: Parser<T>): Parser<T | undefined> =>
  (value, path) =>
    value === undefined || value === null ? undefined : parse(value, path)

export const list =
  <T>(parse: Parser<T>): Parser<T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw new InvalidShape(path, 'a list')
    return value.map((item, index) => parse(item, `${path}[${index}]`))
  }

/** An object's own members, and nothing of its prototypes. */
const record: Parser<Record<string, unknown>> = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidShape(path, 'an object')
  return { ...value }
}

/** An object whose members all have the same form, such as settings; `__proto__` is dropped. */
export const mapOf =
  <T>(parse: Parser<T>): Parser<Record<string, T>> =>
  (value, path) => {
    const copy: Record<string, T> = {}
    for (const [key, member] of Object.entries(record(value, path))) if (key !== '__proto__') copy[key] = parse(member, `${path}.${key}`)
    return copy
  }

/** An object with declared members. Others are dropped; an absent optional member stays absent. */
export const object =
  <T extends object>(members: { readonly [K in keyof Required<T>]: Parser<T[K]> }): Parser<T> =>
  (value, path) => {
    const given = record(value, path)
    const copy: Partial<T> = {}
    for (const key in members) {
      const member = members[key](given[key], `${path}.${key}`)
      if (member !== undefined) copy[key] = member
    }
    return copy as T // every member of T has been parsed above
  }

/** An object with declared members and no others, so that who misspells one learns of it. */
export const exactObject = <T extends object>(members: { readonly [K in keyof Required<T>]: Parser<T[K]> }): Parser<T> => {
  const parse = object<T>(members)
  return (value, path) => {
    // What is unknown is not quoted: nobody knows what it is.
    if (Object.keys(record(value, path)).some((key) => !Object.hasOwn(members, key))) throw new InvalidShape(path, `an object of nothing but ${Object.keys(members).join(', ')}`)
    return parse(value, path)
  }
}
