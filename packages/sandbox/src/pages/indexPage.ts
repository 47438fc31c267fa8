import type { Reply } from '../http/reply.ts'
import type { SandboxAccount } from '../KeyedAccounts.ts'
import type { Person } from '../StandInControl.ts'
import { html, type Html } from './html.ts'
import { page } from './page.ts'

interface StandInSummary {
  readonly id: string
  readonly people: readonly Person[]
  readonly accounts: readonly SandboxAccount[]
}

/** What somebody sees who opens the sandbox itself: who can sign in where, and which keys there are to paste. */
export function indexPage(standIns: readonly StandInSummary[]): Reply {
  const content = html`<header>
<div class="tile" aria-hidden="true">A</div>
<div><h1>Authpipe sandbox</h1><p>Connect to a stand-in from an app: sign in as one of these people, or paste a key.</p></div>
</header>
<div class="stack">
${standIns.map(({ id, people, accounts }) => html`<details>
<summary><h2>${id}</h2> <span>${count(people.length, 'sign-in')}${count(accounts.length, 'key')}</span></summary>
${people.length > 0 ? html`<ul class="plain">
${people.map(({ name, email, detail }) => html`<li><span>${name}<code>${[email, detail].filter(Boolean).join(' · ')}</code></span></li>
`)}</ul>` : undefined}
${accounts.length > 0 ? html`<ul class="plain">
${accounts.map(({ label, settings, fields }) => html`<li><span>${label}${inputs(settings)}${inputs(fields)}</span></li>
`)}</ul>` : undefined}
</details>
`)}</div>
<p class="hint">State and switches: <a href="/control/requests">/control/requests</a>${standIns.map(({ id }) => html`, <a href="/control/${id}">/control/${id}</a>`)}</p>`
  return page(content, { title: 'Authpipe sandbox', providerName: 'the providers', coop: null })
}

const inputs = (values: Readonly<Record<string, string>>): Html[] =>
  Object.entries(values).map(([name, value]) => html`<code>${name} <span class="value">${value}</span></code>`)

const count = (amount: number, what: string): Html | undefined => (amount === 0 ? undefined : html`<span>${amount} ${amount === 1 ? what : `${what}s`}</span>`)
