/** Parameter of the page's address that names the provider which somebody is asked to connect. */
const requestParam = 'authpipe_connect'

/**
 * The address of a page with the request to connect a provider. It is a question and nothing more: whoever opens it is asked, as the
 * person who is signed in there, and decides by a click.
 */
export function requestUrl(provider: string, page: string): string {
  const url = new URL(page, location.href)
  url.searchParams.set(requestParam, provider)
  return url.href
}

/** The provider that the present address asks to connect. */
export const requestedProvider = (): string | null => new URLSearchParams(location.search).get(requestParam)

/** Takes the request out of the present address. */
export function forgetRequest(): void {
  const url = new URL(location.href)
  url.searchParams.delete(requestParam)
  history.replaceState(history.state, '', url)
}
