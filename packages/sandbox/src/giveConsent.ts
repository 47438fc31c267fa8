/** How a person answers a consent page. */
export interface ConsentDecision {
  /** Who signs in. @defaultValue the first person of the page */
  readonly accountId?: string
  /** @defaultValue `allow` */
  readonly decision?: 'allow' | 'refuse'
}

/**
 * Does what a person does at a consent page of the sandbox: opens the authorization URL, chooses an account, presses a button.
 *
 * @returns the provider's answer, its redirect not followed: `headers.get('location')` is where the browser goes next
 * @throws {TypeError} when what the URL shows is not a consent page of the sandbox
 */
export async function giveConsent(authorizationUrl: string, { accountId, decision = 'allow' }: ConsentDecision = {}): Promise<Response> {
  const opened = await fetch(authorizationUrl, { redirect: 'manual' })
  // A person who approved before, or a request that is refused, gets no page.
  if (opened.status !== 200) return opened
  const markup = await opened.text()
  const find = (pattern: RegExp): string => {
    const found = pattern.exec(markup)?.[1]
    if (found === undefined) throw new TypeError('The authorization URL does not show a consent page of the sandbox.')
    return found
  }
  const consent = find(/name="consent" value="([^"]+)"/)
  const account = accountId ?? find(/name="account" value="([^"]+)" checked/)
  const action = new URL(find(/<form method="post" action="([^"]+)"/), authorizationUrl)
  return fetch(action, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ consent, account, decision }) })
}
