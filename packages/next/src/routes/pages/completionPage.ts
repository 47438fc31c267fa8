import { html, type Html } from './html.ts'
import { pageResponse, script, type Mark } from './page.ts'

/**
 * Rings at the page that opened this window, by every way there is, and closes the window. The message says only which
 * session to ask the server about.
 */
const ring = script(`
const { sessionId, origin, closes } = JSON.parse(document.getElementById('data').textContent)
const end = () => { if (closes) window.close() }
history.replaceState(null, '', location.pathname)
for (const button of document.querySelectorAll('button')) button.onclick = () => window.close()
if (sessionId) {
  const message = { v: 1, type: 'authpipe:completion', sessionId }
  try { localStorage.setItem('authpipe:' + sessionId, 'done') } catch {}
  try {
    const channel = new BroadcastChannel('authpipe:' + sessionId)
    channel.onmessage = ({ data }) => { if (data && data.type === 'authpipe:ack') end() }
    channel.postMessage(message)
    new BroadcastChannel('authpipe:changed').postMessage({ v: 1, type: 'authpipe:changed' })
  } catch {}
  try { if (window.opener) window.opener.postMessage(message, origin) } catch {}
}
setTimeout(end, 300)
`)

export interface Completion {
  readonly status?: number
  readonly title: string
  readonly mark: Mark
  readonly text: string
  /** Stands below the text, in small. */
  readonly reference?: string
  readonly sessionId: string | undefined
  readonly origin: string
  /** Whether the window closes by itself; one that has something to read stays. */
  readonly closes: boolean
}

/** The last page of a popup. */
export function completionPage({ status = 200, title, mark, text, reference, sessionId, origin, closes }: Completion): Response {
  const small: Html = reference === undefined ? html`` : html`<p><code>${reference}</code></p>`
  return pageResponse({
    status,
    title,
    mark,
    body: html`<p>${text}</p>${small}<p class="actions"><button type="button">Close this window</button></p>`,
    script: ring,
    data: { sessionId, origin, closes },
  })
}
