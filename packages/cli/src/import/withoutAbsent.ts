/** Leaves out what is `undefined`: an absent member, and not one without a value. */
export function withoutAbsent<T extends object>(members: T): { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never // the same members, fewer of them
}
