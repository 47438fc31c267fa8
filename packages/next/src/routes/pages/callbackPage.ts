import { html } from './html.ts'
import { pageResponse, script } from './page.ts'

// The code leaves the address bar and the history before anything else happens.
const submit = script(`history.replaceState(null, '', location.pathname); document.forms[0].submit()`)

/** Hands the provider's answer to the finish route by a request of our own origin, which carries the app's own cookies. */
export function callbackPage(finishUrl: string, providerName: string, fields: readonly (readonly [string, string])[]): Response {
  const inputs = fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)
  return pageResponse({
    title: `Connecting ${providerName}…`,
    mark: 'busy',
    body: html`<form method="post" action="${finishUrl}">${inputs}
<p>One moment.</p>
<noscript><p class="actions"><button>Finish connecting</button></p></noscript></form>`,
    script: submit,
  })
}
