import { html } from './html.ts'
import { pageResponse } from './page.ts'

/**
 * Sends the popup on to the provider. A page and not a redirect: a host app whose policy says `form-action 'self'` would
 * have the redirect of its form blocked.
 */
export function hopPage(providerName: string, authorizationUrl: string, cookie: string): Response {
  return pageResponse({
    title: `Opening ${providerName}…`,
    mark: 'busy',
    body: html`<p>If nothing happens, <a href="${authorizationUrl}" referrerpolicy="no-referrer">continue to ${providerName}</a>.</p>`,
    next: authorizationUrl,
    headers: { 'set-cookie': cookie },
  })
}
