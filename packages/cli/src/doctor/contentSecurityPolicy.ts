// As much of Content Security Policy Level 3 as says whether our button works on a page.

/** Directives of one policy, by name. */
type Policy = ReadonlyMap<string, readonly string[]>

/**
 * Parses the policies of a header, which commas separate, or of a `meta` element.
 *
 * @see https://www.w3.org/TR/CSP3/#parse-serialized-policy-list
 */
export function parsePolicies(text: string): readonly Policy[] {
  return text
    .split(',')
    .map((serialized) => {
      const directives = new Map<string, readonly string[]>()
      for (const part of serialized.split(';')) {
        const [name, ...values] = part.trim().split(/\s+/)
        // The first one of a name counts.
        if (name && !directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), values)
      }
      return directives
    })
    .filter((directives) => directives.size > 0)
}

/** What a policy keeps our button from, as a directive and what it lacks. */
export interface Obstacle {
  readonly directive: string
  readonly lacks: string
  readonly harm: string
}

/** @param origin - of the page, which is where the routes are */
export function findObstacles(policy: Policy, origin: string): readonly Obstacle[] {
  const obstacles: Obstacle[] = []
  if (!allows(policy.get('connect-src') ?? policy.get('default-src'), origin)) {
    obstacles.push({ directive: 'connect-src', lacks: `'self'`, harm: 'the page cannot ask for connections' })
  }
  // No other directive stands in for it.
  if (!allows(policy.get('form-action'), origin)) {
    obstacles.push({ directive: 'form-action', lacks: `'self'`, harm: 'the window stays blank, since a form starts the sign-in' })
  }
  const sandbox = policy.get('sandbox')
  for (const [flag, harm] of sandbox ? sandboxFlags : []) {
    if (!sandbox?.some((value) => value.toLowerCase() === flag)) obstacles.push({ directive: 'sandbox', lacks: flag, harm })
  }
  return obstacles
}

const sandboxFlags = [
  ['allow-scripts', 'no script runs'],
  ['allow-same-origin', 'the page is nobody to your server'],
  ['allow-popups', 'the window does not open'],
  ['allow-forms', 'the window stays blank, since a form starts the sign-in'],
] as const

/** Whether a list of sources lets a page reach its own origin; where there is no such list, anything may be reached. */
function allows(sources: readonly string[] | undefined, origin: string): boolean {
  if (!sources) return true
  const { protocol, hostname, host, port } = new URL(origin)
  return sources.some((source) => {
    const value = source.toLowerCase()
    if (value === `'self'` || value === '*') return true
    if (value === protocol || (value === 'http:' && protocol === 'https:')) return true
    const [, scheme, name = '', itsPort] = /^(?:([a-z][a-z0-9+.-]*:)\/\/)?([^/:]+)(?::(\d+|\*))?/.exec(value) ?? []
    if (scheme !== undefined && scheme !== protocol && !(scheme === 'http:' && protocol === 'https:')) return false
    const isName = name.startsWith('*.') ? hostname.endsWith(name.slice(1)) : name === hostname
    return isName && (itsPort === undefined ? host === hostname : itsPort === '*' || itsPort === port)
  })
}
