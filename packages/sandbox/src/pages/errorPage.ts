import type { Reply } from '../http/reply.ts'
import { html } from './html.ts'
import { page } from './page.ts'

/** The provider's own page for an authorization that cannot go on. */
export function errorPage(options: {
  readonly providerName: string
  readonly coop: string | null
  readonly status: number
  readonly heading: string
  readonly explanation: string
  /** Names and values that a developer looks for. */
  readonly facts: readonly (readonly [name: string, value: string])[]
}): Reply {
  const { providerName, coop, status, heading, explanation, facts } = options
  const content = html`<header>
<div class="tile" aria-hidden="true">!</div>
<div><h1>${heading}</h1><p>${explanation}</p></div>
</header>
${facts.length > 0 ? html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>` : undefined}
<p class="hint">You can close this window.</p>`
  return page(content, { title: `${heading} · ${providerName} sandbox`, providerName, coop, status })
}
