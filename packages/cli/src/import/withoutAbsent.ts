type Optional<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T]

/** Members that may be absent, in place of members that may be `undefined`. */
type WithoutAbsent<T> = Omit<T, Optional<T>> & { readonly [K in Optional<T>]?: Exclude<T[K], undefined> }

/** Leaves out members that are `undefined`. */
export function withoutAbsent<T extends object>(members: T): WithoutAbsent<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as WithoutAbsent<T> // as its type says
}
