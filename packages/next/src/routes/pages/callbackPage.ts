import { html } from './html.ts'
import { pageResponse, script } from './page.ts'

// The code leaves the address bar and the history before anything else happens.
const submit = script(`history.replaceState(null, '', location.pathname); document.forms[0].submit()`)

/** Parameters by name; one that came twice stands here twice. */
export type Fields = readonly (readonly [name: string, value: string])[]

/**
 * Hands the provider's answer on by a form.
 *
 * @param url - the finish route, which a request of our own origin with the app's own cookies reaches so; or where the answer is relayed to
 * @param postsTo - the origin of `url` where it is another one
 */
export function callbackPage(url: string, providerName: string, fields: Fields, postsTo?: string): Response {
  const inputs = fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)
  return pageResponse({
    title: `Connecting ${providerName}…`,
    mark: 'busy',
    body: html`<form method="post" action="${url}">${inputs}
<p>One moment.</p>
<noscript><p class="actions"><button>Finish connecting</button></p></noscript></form>`,
    script: submit,
    ...(postsTo === undefined ? {} : { postsTo }),
  })
}
