// Headers that the host app gives its pages, as far as they keep the window of a sign-in from its work.
import { askServer, type Answer } from './askServer.ts'
import { findObstacles, parsePolicies } from './contentSecurityPolicy.ts'
import { notChecked, ok, problem, type Finding } from './Finding.ts'

/** How many redirects a page may take, such as to a sign-in. */
const mostRedirects = 5

/** Looks at a page of the host app on which people connect. */
export async function checkPage(url: string): Promise<readonly Finding[]> {
  const page = await openPage(url)
  if (!page) return [notChecked('page-headers', `${url} gave no page. Name one on which people connect with --url.`)]
  const findings = [...checkOpener(page), ...checkPolicies(page)]
  return findings.length > 0 ? findings : [ok('page-headers', `No header of ${page.url} keeps a window from connecting.`)]
}

interface Page extends Answer {
  readonly url: string
}

async function openPage(url: string): Promise<Page | undefined> {
  let at = url
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const answer = await askServer(at, { headers: { accept: 'text/html' } })
    if ('reason' in answer) return undefined
    const location = answer.headers.get('location')
    if (answer.status < 300 || answer.status >= 400 || location === null) return { ...answer, url: at }
    const next = new URL(location, at)
    // Another site's headers say nothing of this app.
    if (next.origin !== new URL(at).origin) return undefined
    at = next.href
  }
  return undefined
}

function checkOpener({ url, headers }: Page): readonly Finding[] {
  const [policy = ''] = (headers.get('cross-origin-opener-policy') ?? '').toLowerCase().split(';')
  if (!['same-origin', 'noopener-allow-popups'].includes(policy.trim())) return []
  const message = `${url} sends Cross-Origin-Opener-Policy: ${policy.trim()}, which cuts the page off from the window: connecting works, but the page cannot tell that the window was closed.`
  return [problem('page-headers', message, 'Send same-origin-allow-popups on pages with a button.', { severity: 'warning' })]
}

function checkPolicies({ url, headers, text }: Page): readonly Finding[] {
  const written = [headers.get('content-security-policy') ?? '', ...metaPolicies(text)]
  const obstacles = written.flatMap(parsePolicies).flatMap((policy) => findObstacles(policy, new URL(url).origin))
  return obstacles.map(({ directive, lacks, harm }) => problem('page-headers', `The Content-Security-Policy of ${url} has ${directive} without ${lacks}: ${harm}.`, `Add ${lacks} to ${directive}.`))
}

function metaPolicies(html: string): readonly string[] {
  const elements = html.match(/<meta\b[^>]*http-equiv=["']?content-security-policy["']?[^>]*>/gi) ?? []
  return elements.flatMap((element) => /\bcontent=(?:"([^"]*)"|'([^']*)')/i.exec(element)?.slice(1).find((value) => value !== undefined) ?? [])
}
