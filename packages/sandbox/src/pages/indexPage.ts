import type { Reply } from '../http/reply.ts'
import type { SandboxAccount } from '../KeyedAccounts.ts'
import type { Person } from '../StandInControl.ts'
import { html } from './html.ts'
import { page } from './page.ts'

/** What somebody sees who opens the sandbox itself. */
export function indexPage(standIns: readonly { readonly id: string; readonly people: readonly Person[]; readonly accounts: readonly SandboxAccount[] }[]): Reply {
  const content = html`<header>
<div class="tile" aria-hidden="true">A</div>
<div><h1>Authpipe sandbox</h1><p>Connect to a stand-in from an app: sign in as one of these people, or paste a key.</p></div>
</header>
${standIns.map(({ id, people, accounts }) => html`<section>
<h2>${id}</h2>
<ul class="plain">
${people.map(({ name, email, detail }) => html`<li><span>${name}<code>${[email, detail].filter(Boolean).join(' · ')}</code></span></li>
`)}${accounts.map(({ label, settings, fields }) => html`<li><span>${label}${Object.entries({ ...settings, ...fields }).map(([name, value]) => html`<code>${name} ${value}</code>`)}</span></li>
`)}</ul>
</section>
`)}<p class="hint">State and switches: <a href="/control/requests">/control/requests</a>${standIns.map(({ id }) => html`, <a href="/control/${id}">/control/${id}</a>`)}</p>`
  return page(content, { title: 'Authpipe sandbox', providerName: 'the providers', coop: null })
}
