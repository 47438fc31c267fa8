const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** Whether a host, as `URL.hostname` writes it, is this machine. */
export const isLoopbackHost = (hostname: string): boolean => loopbackHosts.includes(hostname)

/** A redirect URI on this machine, without query, fragment and dot segments. */
export const isLoopbackRedirectUri = (uri: string): boolean => {
  const url = parsePlainUri(uri)
  return url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:') && isLoopbackHost(url.hostname)
}

/** Parses a URI that has no user name, query, fragment or path traversal; any other is `undefined`. */
export function parsePlainUri(uri: string): URL | undefined {
  // The parser resolves dot segments, so they are looked for in the text.
  if (/[?#\\@\s]/.test(uri) || /\/(\.|%2e){1,2}(\/|$)/i.test(uri)) return undefined
  return URL.canParse(uri) ? new URL(uri) : undefined
}

/** Adds parameters to a URI in front of which nothing stands. */
export function withParameters(uri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(uri)
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
  return url.href
}
