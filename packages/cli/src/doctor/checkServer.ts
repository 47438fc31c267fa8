// The running server, as a browser sees it.
import { askServer, type Answer } from './askServer.ts'
import { checkPage } from './checkPage.ts'
import { clockFinding } from './clockFinding.ts'
import { notChecked, ok, problem, type CheckId, type Finding } from './Finding.ts'

export interface ServerQuestion {
  /** Where the routes should be, without a slash at its end. */
  readonly baseUrl: string
  /** Whether somebody has named it, here or in the environment: then it has to answer. */
  readonly isNamed: boolean
  /** A page on which people connect. */
  readonly pageUrl: string
}

export async function checkServer(question: ServerQuestion): Promise<readonly Finding[]> {
  const { baseUrl, pageUrl } = question
  const answer = await askServer(`${baseUrl}/providers`, { headers: { accept: 'application/json' } })
  const server = 'reason' in answer ? unreachable(question, answer.reason) : judge(baseUrl, answer)
  const cookies = checkCookies(baseUrl, pageUrl)
  const clock = 'reason' in answer || answer.clockAheadMs === undefined ? notChecked('clock', `No answer of ${baseUrl} tells the time.`, { subject: 'server' }) : clockFinding('server', answer.clockAheadMs)
  const page = await checkPage(pageUrl)
  if (server.status !== 'ok') return [server, cookies, clock, ...page, ...later.map((id) => notChecked(id, `Authpipe does not answer at ${baseUrl}.`))]
  return [server, await checkOrigin(baseUrl, pageUrl), cookies, clock, ...page, await checkRouteHeaders(baseUrl)]
}

const later: readonly CheckId[] = ['origin', 'route-headers']

function unreachable({ baseUrl, isNamed }: ServerQuestion, reason: string): Finding {
  const { hostname } = new URL(baseUrl)
  const isHere = hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]'
  if (!isNamed && isHere) return notChecked('server', `Nothing answers at ${baseUrl}. Start the app and run this again; if it runs elsewhere, set AUTHPIPE_BASE_URL.`)
  const fix = /^(ENOTFOUND|EAI_AGAIN)$/.test(reason)
    ? 'Correct the host in AUTHPIPE_BASE_URL, or its DNS entry.'
    : /CERT|TLS|SSL|SIGNED|ALTNAME/.test(reason)
      ? 'Let the server send a certificate that browsers accept.'
      : 'Start the app, or correct AUTHPIPE_BASE_URL.'
  return problem('server', `Nothing answers at ${baseUrl} (${reason}).`, fix)
}

function judge(baseUrl: string, { status, headers, text }: Answer): Finding {
  const location = headers.get('location')
  if (status >= 300 && status < 400 && location !== null) {
    const next = new URL(location, `${baseUrl}/providers`)
    const isSameRoute = next.pathname.endsWith('/providers')
    const where = isSameRoute ? next.href.replace(/\/providers$/, '') : `${next.origin}${next.pathname}`
    const fix = isSameRoute ? `Set AUTHPIPE_BASE_URL to ${where}.` : 'Let middleware and redirects leave the routes of Authpipe alone: they know by themselves who is signed in.'
    return problem('server', `${baseUrl} sends browsers on to ${where}.`, fix)
  }
  const code = codeOf(text)
  if (status === 200 && isProviderList(text)) return ok('server', `Authpipe answers at ${baseUrl}.`)
  if (code === undefined) {
    return problem('server', `Something answers at ${baseUrl} with HTTP ${status}, and it is not Authpipe.`, 'Compare the path of AUTHPIPE_BASE_URL with the folder of the route, and see that no middleware answers instead.')
  }
  if (code === 'not_found') return problem('server', `Authpipe answers at ${baseUrl} and takes another path for its own.`, 'Let AUTHPIPE_BASE_URL of the server end with the path that the route is mounted at.')
  if (status >= 500) return problem('server', `Authpipe answers at ${baseUrl} and cannot start: ${code}.`, "See the server's log, which says in one sentence what to do.")
  return ok('server', `Authpipe answers at ${baseUrl}.`)
}

/** The code of a problem body of ours. */
function codeOf(text: string): string | undefined {
  const body = parse(text)
  return typeof body === 'object' && body !== null && 'code' in body && 'type' in body && typeof body.code === 'string' && /^[a-z_]+$/.test(body.code) ? body.code : undefined
}

function isProviderList(text: string): boolean {
  const body = parse(text)
  return typeof body === 'object' && body !== null && 'providers' in body && Array.isArray(body.providers)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Asks for a change as a page of the app would, without saying what to change: the server refuses it at once if it takes itself to be
 * elsewhere, and for want of content if not.
 */
async function checkOrigin(baseUrl: string, pageUrl: string): Promise<Finding> {
  const { origin } = new URL(pageUrl)
  if (new URL(baseUrl).origin !== origin) {
    return problem('origin', `People use the app at ${origin}, and the base URL is at ${new URL(baseUrl).origin}: neither cookies nor changes cross over.`, `Set AUTHPIPE_BASE_URL to ${origin}${new URL(baseUrl).pathname}, or send people to ${new URL(baseUrl).origin}.`)
  }
  const answer = await askServer(`${baseUrl}/sessions`, { method: 'POST', headers: { origin, 'content-type': 'application/json' }, body: '{}' })
  if ('reason' in answer) return notChecked('origin', `${baseUrl} did not answer (${answer.reason}).`)
  if (codeOf(answer.text) === 'origin_not_allowed') {
    return problem('origin', `The server refuses changes from pages of ${origin}: it takes itself to be elsewhere.`, `Set AUTHPIPE_BASE_URL of the server to ${baseUrl}, and start it again.`)
  }
  return ok('origin', `Changes from pages of ${origin} are taken.`)
}

/** Whether a browser would take and send back the one cookie that ties a session to it. @see RFC 6265bis §4.1.3.2 */
function checkCookies(baseUrl: string, pageUrl: string): Finding {
  const [base, page] = [new URL(baseUrl), new URL(pageUrl)]
  const isHere = page.hostname === 'localhost' || page.hostname.endsWith('.localhost') || page.hostname.startsWith('127.') || page.hostname === '[::1]'
  if (page.protocol === 'http:' && !isHere) {
    return problem('cookies', `The app is used over http at ${page.host}, where a browser takes no cookie whose name begins with __Host-.`, 'Serve the app over https, and send http on to it.')
  }
  if (base.hostname !== page.hostname) {
    return problem('cookies', `The cookie is set for ${base.hostname}, and a browser does not send it to ${page.hostname}.`, `Open the app at ${base.hostname}, or set AUTHPIPE_BASE_URL to the host that people use.`)
  }
  if (base.protocol === 'https:' && page.protocol === 'http:') {
    return problem('cookies', `The base URL is https and the app is used over http: the cookie __Host-authpipe needs https.`, 'Let AUTHPIPE_BASE_URL begin with http:// for this address, or serve the app over https.')
  }
  return ok('cookies', `A browser takes the cookie of ${base.host}.`)
}

/** Asks for a page of ours that shows an error, and looks whether something on the way changes its headers. */
async function checkRouteHeaders(baseUrl: string): Promise<Finding> {
  const answer = await askServer(`${baseUrl}/callback/authpipe-doctor`, { headers: { accept: 'text/html' } })
  if ('reason' in answer) return notChecked('route-headers', `${baseUrl} did not answer (${answer.reason}).`)
  const policy = answer.headers.get('content-security-policy') ?? ''
  const except = 'Leave the routes of Authpipe out of it, in headers of next.config, middleware or the proxy: its pages bring a stricter one.'
  if (!/^default-src 'none'; style-src 'sha256-[^,]+$/.test(policy)) {
    return problem('route-headers', `${policy === '' ? 'Something takes the Content-Security-Policy away from' : 'Something changes the Content-Security-Policy of'} the pages below ${baseUrl}, and the last step of a sign-in runs there.`, except)
  }
  if (!/\bno-store\b/.test(answer.headers.get('cache-control') ?? '')) {
    return problem('route-headers', `Something lets answers below ${baseUrl} be cached: one person could be shown what is another's.`, 'Let the CDN or proxy pass on Cache-Control: no-store for the routes of Authpipe.')
  }
  return ok('route-headers', `Nothing changes the headers of the pages below ${baseUrl}.`)
}
