/** Where mounted routes are, for the browser and for providers. */
export interface BaseUrl {
  /** Without a trailing slash. */
  readonly href: string
  readonly origin: string
  /** Path of the mount, without a trailing slash; `''` at the root. */
  readonly pathname: string
  readonly secure: boolean
}

/** Reads a plain http or https URL; `undefined` for anything else, such as one with a user name, a query or a fragment. */
export function parseBaseUrl(text: string): BaseUrl | undefined {
  const url = URL.parse(text)
  if (!url || url.search || url.hash || url.username || url.password || !/^https?:$/.test(url.protocol) || url.pathname.includes('//')) return undefined
  const pathname = url.pathname.replace(/\/$/, '')
  return { href: url.origin + pathname, origin: url.origin, pathname, secure: url.protocol === 'https:' }
}
