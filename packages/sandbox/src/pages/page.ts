import { createHash } from 'node:crypto'

import { htmlReply, type Reply } from '../http/reply.ts'
import { Html, html } from './html.ts'
import { pageStyle } from './pageStyle.ts'

const sourceHash = (source: string): string => `'sha256-${createHash('sha256').update(source).digest('base64')}'`

/** A whole page around some content, said to be a stand-in, loading nothing from anywhere. */
export function page(
  content: Html,
  options: {
    readonly title: string
    readonly providerName: string
    readonly coop: string | null
    /** @defaultValue `200` */
    readonly status?: number
    /** Runs when the page is there. @defaultValue none */
    readonly script?: string
  },
): Reply {
  const { title, providerName, coop, status = 200, script } = options
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
<main>
<p class="notice">Authpipe sandbox: stand-in for ${providerName}, no real accounts</p>
<div class="content">
${content}
</div>
</main>
${script === undefined ? undefined : new Html(`<script>${script}</script>`)}
</body>
</html>
`
  // No form-action: browsers apply it to the redirect that follows the form, which goes to the app.
  const policy = [
    `default-src 'none'`,
    `style-src ${sourceHash(pageStyle)}`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
    ...(script === undefined ? [] : [`script-src ${sourceHash(script)}`]),
  ]
  return htmlReply(status, document, { 'content-security-policy': policy.join('; '), ...(coop && { 'cross-origin-opener-policy': coop }) })
}
