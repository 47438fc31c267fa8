import type { Reply } from '../http/reply.ts'
import type { Person } from '../StandInControl.ts'
import { html } from './html.ts'
import { page } from './page.ts'

/** The page on which a person at the provider says yes or no. */
export function consentPage(options: {
  readonly providerName: string
  readonly coop: string | null
  /** Which pending request the answer decides. */
  readonly consentId: string
  /** Path that the form posts to. */
  readonly action: string
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly { readonly id?: string; readonly description: string }[]
  readonly people: readonly Person[]
  /** @defaultValue asks to let the app use the account */
  readonly heading?: string
  /** What there is to choose. @defaultValue `Sign in as` */
  readonly choice?: string
  /** What the list of scopes is. @defaultValue `The app asks to` */
  readonly asked?: string
  /** @defaultValue `Allow` */
  readonly approval?: string
  /** Who is chosen at first; the first person where there is nobody of that address. */
  readonly email: string | undefined
  /** The provider's word for no. */
  readonly refusal: string
}): Reply {
  const { providerName, coop, consentId, action, clientId, redirectUri, scopes, people, email, refusal } = options
  const { heading = `Let this app use your ${providerName} account?`, choice = 'Sign in as' } = options
  const { asked = 'The app asks to', approval = 'Allow' } = options
  const chosen = people.find((person) => person.email === email) ?? people[0]

  const content = html`<header>
<div class="tile" aria-hidden="true">${providerName.slice(0, 1)}</div>
<div><h1>${heading}</h1><p>${clientId}</p></div>
</header>
<form method="post" action="${action}">
<input type="hidden" name="consent" value="${consentId}">
<fieldset>
<legend>${choice}</legend>
<div class="people">
${people.map((person) => html`<label><input type="radio" name="account" value="${person.accountId}"${person === chosen ? html` checked` : undefined}>
<strong>${person.name}</strong> <span>${person.email}</span>${person.detail === undefined ? undefined : html` <span>${person.detail}</span>`}</label>
`)}</div>
</fieldset>
<section aria-labelledby="asked">
<h2 id="asked">${asked}</h2>
<ul tabindex="0" aria-labelledby="asked">
${scopes.map(({ id, description }) => html`<li><span>${description}${id === undefined ? undefined : html` <code>${id}</code>`}</span></li>
`)}</ul>
</section>
<div class="actions">
<button type="submit" name="decision" value="refuse">${refusal}</button>
<button type="submit" name="decision" value="allow" class="primary">${approval}</button>
</div>
</form>
<p class="hint">After that you go back to ${new URL(redirectUri).origin}</p>`

  return page(content, { title: `${heading} · ${providerName} sandbox`, providerName, coop })
}
