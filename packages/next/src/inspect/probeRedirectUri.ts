import type { BaseUrl } from '../baseUrl.ts'
import { callbackUrl } from '../callbackUrl.ts'
import { createAuthorizationRequest } from '../oauth/authorizationRequest.ts'
import type { OutboundFetch } from '../outboundFetch.ts'
import type { RegisteredProvider } from '../registrations.ts'

/**
 * Whether a provider would come back to our callback URL. `cannot_tell`: it says nothing before somebody signs in;
 * `no_answer`: it gave none.
 */
export type RedirectUriVerdict = 'accepted' | 'refused' | 'cannot_tell' | 'no_answer'

/** Nobody registers this one (RFC 6761 §6.4). */
const foreignUri = 'https://authpipe-doctor.invalid/callback'

/**
 * Asks for the page on which a person would sign in, once with our URL and once with one that cannot be registered. A provider that
 * looks at it at once answers differently, or refuses both.
 *
 * @see RFC 6749 §4.1.2.1
 */
export async function probeRedirectUri(fetch: OutboundFetch, provider: RegisteredProvider, baseUrl: BaseUrl): Promise<RedirectUriVerdict> {
  const client = provider.oauth({})
  if (client.definition.omitsRedirectUri) return 'cannot_tell'
  const ask = async (redirectUri: string): Promise<string> => {
    const { url } = await createAuthorizationRequest(client, redirectUri, provider.scopes)
    const response = await fetch(url)
    return describeAnswer(response, await response.text(), url)
  }
  try {
    const ours = await ask(callbackUrl(baseUrl, provider.id, undefined))
    if (ours === 'goes_on') return (await ask(foreignUri)) === 'goes_on' ? 'cannot_tell' : 'accepted'
    return ours === 'refuses_uri' ? 'refused' : 'cannot_tell'
  } catch {
    return 'no_answer'
  }
}

/** What a provider's page means. Its text is looked through and never repeated. */
function describeAnswer(response: Response, page: string, url: string): 'goes_on' | 'refuses_uri' | 'refuses' {
  const location = response.headers.get('location')
  const next = location !== null && URL.canParse(location, url) ? new URL(location, url) : undefined
  // A provider that refuses shows an error, or goes to a page of its own that does.
  const facts = next ? [...next.searchParams].filter(([name]) => /error|exception/i.test(name)).flat().join(' ') : response.status >= 400 ? page : ''
  if (facts === '') return 'goes_on'
  return /redirect[\s_-]*(ur[il])/i.test(facts) ? 'refuses_uri' : 'refuses'
}
