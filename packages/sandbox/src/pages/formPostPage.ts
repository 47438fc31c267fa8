import type { Reply } from '../http/reply.ts'
import { html } from './html.ts'
import { page } from './page.ts'

/** Sends an authorization answer as a form (OAuth 2.0 Form Post Response Mode §2), by script or by the button. */
export function formPostPage(options: {
  readonly providerName: string
  readonly coop: string | null
  readonly redirectUri: string
  readonly parameters: Readonly<Record<string, string | undefined>>
}): Reply {
  const { providerName, coop, redirectUri, parameters } = options
  const fields = Object.entries(parameters).map(([name, value]) => (value === undefined ? html`` : html`<input type="hidden" name="${name}" value="${value}">`))
  const content = html`<header>
<div class="tile" aria-hidden="true">${providerName.slice(0, 1)}</div>
<div><h1>Going back to the app</h1><p>${new URL(redirectUri).origin}</p></div>
</header>
<form method="post" action="${redirectUri}">
${fields}
<button type="submit" class="primary">Continue</button>
</form>`
  return page(content, { title: `Going back · ${providerName} sandbox`, providerName, coop, script: 'document.forms[0].submit()' })
}
