// The frame of the few pages that people see in the popup: no third-party anything, one style, at most one script.
import { createHash } from 'node:crypto'
import { htmlResponse } from '../route.ts'
import { Html, html } from './html.ts'

const style = `
:root { color-scheme: light dark; --ink: light-dark(#18181b, #fafafa); --muted: light-dark(#5c5c66, #a1a1aa); --ground: light-dark(#fafafa, #0f0f11); --card: light-dark(#fff, #18181b); --line: light-dark(#e4e4e7, #3f3f46); --ring: light-dark(#2563eb, #60a5fa) }
* { box-sizing: border-box }
body { margin: 0; min-height: 100dvh; display: grid; place-items: center; padding: 24px; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
main { width: 100%; max-width: 400px; padding: 32px 28px; background: var(--card); border: 1px solid var(--line); border-radius: 16px; text-align: center }
h1 { margin: 0 0 8px; font-size: 19px; line-height: 1.35; font-weight: 600; text-wrap: balance }
p { margin: 0; color: var(--muted); text-wrap: pretty }
p + p, .actions { margin-top: 16px }
.mark { width: 44px; height: 44px; margin: 0 auto 18px; border-radius: 50%; display: grid; place-items: center; border: 1px solid var(--line) }
.mark svg { width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round }
.good { color: light-dark(#166534, #4ade80); background: light-dark(#f0fdf4, #0f2417) }
.bad { color: light-dark(#92400e, #fbbf24); background: light-dark(#fffbeb, #2a2110) }
.busy svg { animation: turn .8s linear infinite }
@keyframes turn { to { transform: rotate(360deg) } }
@media (prefers-reduced-motion: reduce) { .busy svg { animation: none } }
button, a.button { display: inline-flex; align-items: center; min-height: 40px; padding: 0 18px; border: 0; border-radius: 8px; background: var(--ink); color: var(--card); font: inherit; font-weight: 500; text-decoration: none; cursor: pointer }
button:focus-visible, a:focus-visible { outline: 2px solid var(--ring); outline-offset: 2px }
code { font-size: 12px }
`

/** How a page looks at first sight. */
export type Mark = 'busy' | 'good' | 'bad'

const marks: Readonly<Record<Mark, Html>> = {
  busy: html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M21 12a9 9 0 1 1-9-9" /></svg>`,
  good: html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m5 13 4.5 4.5L19 7.5" /></svg>`,
  bad: html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 4 2.8 20h18.4L12 4Zm0 6v4.5m0 2.8v.2" /></svg>`,
}

/** One of our scripts, as it stands in a page and as the policy names it. */
export interface Script {
  readonly source: string
  readonly hash: string
}

function hashOf(source: string): string {
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`
}

/** Declares a script; pages allow it by its hash. */
export function script(source: string): Script {
  return { source, hash: hashOf(source) }
}

const styleHash = hashOf(style)

export interface Page {
  readonly status?: number
  readonly title: string
  readonly mark: Mark
  readonly body: Html
  /** Goes on to this URL at once. */
  readonly next?: string
  readonly script?: Script
  /** Read by the script; no secret. */
  readonly data?: Readonly<Record<string, unknown>>
  /**
   * The one origin that its form posts to.
   * @defaultValue its own
   */
  readonly postsTo?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers with a page that nobody can frame, cache or extend. */
export function pageResponse({ status = 200, title, mark, body, next, script: own, data, postsTo = "'self'", headers }: Page): Response {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${next === undefined ? '' : html`<meta http-equiv="refresh" content="0; url=${next}">`}
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
<div class="mark ${mark}">${marks[mark]}</div>
<h1>${title}</h1>
${body}
</main>
${data === undefined ? '' : html`<script type="application/json" id="data">${new Html(JSON.stringify(data).replaceAll('<', '\\u003c'))}</script>`}
${own === undefined ? '' : html`<script>${new Html(own.source)}</script>`}
</body>
</html>
`
  const policy = `default-src 'none'; style-src ${styleHash}; script-src ${own?.hash ?? "'none'"}; base-uri 'none'; form-action ${postsTo}; frame-ancestors 'none'`
  return htmlResponse(document.text, policy, status, headers)
}
