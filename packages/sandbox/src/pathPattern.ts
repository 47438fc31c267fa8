/** The segments of a path that a pattern names, as they stand in the URL. */
export type PathParameters = Readonly<Record<string, string>>

/** Compares a path with a pattern such as `/freshdesk/{subdomain}/api/*`: a name in braces takes one segment, a `*` at the end everything below. */
export function matchPath(pattern: string, path: string): PathParameters | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  const open = wanted.at(-1) === '*'
  if (open ? given.length < wanted.length : given.length !== wanted.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, segment] of (open ? wanted.slice(0, -1) : wanted).entries()) {
    const value = given[index] ?? ''
    const name = /^\{(\w+)\}$/.exec(segment)?.[1]
    if (name === undefined ? value !== segment : value === '') return undefined
    if (name !== undefined) parameters[name] = value
  }
  return parameters
}
