import { defineProvider } from '../defineProvider.ts'
import type { IdentityContext, ProviderAnswer, Verdict } from '../provider.ts'
import { numberOrText, object, optional, text } from '../shape.ts'
import { statusVerdict } from './statusVerdict.ts'

/**
 * Help Scout, Inbox API 2.0: OAuth without scopes and without PKCE.
 *
 * What is peculiar to it: it returns to the one redirect URL that is stored in the app and takes none in the request, so
 * each environment needs an app of its own; a refresh ends the refresh token it used; a dead one is answered with 400
 * `invalid_request`; tokens cannot be revoked from outside.
 *
 * @see https://developer.helpscout.com/mailbox-api/overview/authentication/ (checked 2026-11-22)
 * @see https://developer.helpscout.com/mailbox-api/endpoints/users/me/ (checked 2026-11-22)
 * @see https://developer.helpscout.com/webhooks/ (checked 2026-11-22)
 */
export const helpScout = defineProvider({
  id: 'help-scout',
  name: 'Help Scout',
  category: 'Customer Support',
  description: 'Connect to Help Scout for customer conversations, mailbox management, and reporting via OAuth.',
  website: 'https://www.helpscout.com',
  docsUrl: 'https://developer.helpscout.com/mailbox-api/',
  auth: [
    {
      kind: 'oauth2',
      authorizationEndpoint: 'https://secure.helpscout.net/authentication/authorizeClientApplication',
      tokenEndpoint: 'https://api.helpscout.net/v2/oauth2/token',
      pkce: { unsupportedBecause: 'Its authorization endpoint documents client_id and state and nothing else.' },
      omitsRedirectUri: true,
      clientAuthentication: 'client_secret_post',
      scopes: [],
      accessTokenLifetimeSeconds: 172_800,
      refreshTokenRotation: true,
      // Seen by others for a refresh token that is dead; every other fault of our request would show at once in development.
      refreshErrors: { invalid_request: 'grant_dead' },
    },
  ],
  apiBaseUrl: 'https://api.helpscout.net/v2',
  healthCheck: { path: '/users/me' },
  identity,
  judge,
  // Of the plan Standard, for a whole company. https://developer.helpscout.com/mailbox-api/overview/rate-limiting/ (checked 2026-11-22)
  rateLimit: { requests: 200, perSeconds: 60, sharedBy: ({ account }) => account.id.split(':', 1)[0] ?? '' },
  retryAfterHeader: 'x-ratelimit-retry-after',
  // The type stands in a header, which is not signed.
  webhook: {
    scheme: 'hmac',
    header: 'X-HelpScout-Signature',
    algorithm: 'sha1',
    encoding: 'base64',
    signed: 'body',
    type: { header: 'X-HelpScout-Event' },
  },
  setup: {
    steps: [
      'Open Your Profile, then My Apps, and choose Create My App.',
      'Give it a name and the redirection URL below.',
      'Copy the App ID (client id) and the App Secret (client secret).',
    ],
    callbackNote: 'One app has one redirection URL, so make an app for each environment.',
  },
})

interface User {
  readonly id: string
  readonly companyId?: string
  readonly email?: string
}
const parseUser = object<User>({ id: numberOrText, companyId: optional(numberOrText), email: optional(text) })

async function identity({ request }: IdentityContext): Promise<{ id: string; label?: string }> {
  const { body } = await request({ path: '/users/me' })
  const { id, companyId, email } = parseUser(body, 'user')
  const account = companyId === undefined ? id : `${companyId}:${id}`
  return email === undefined ? { id: account } : { id: account, label: email }
}

/** @see https://developer.helpscout.com/mailbox-api/overview/errors/ (checked 2026-11-22) */
function judge({ status }: ProviderAnswer): Verdict {
  return status === 403 ? 'insufficient_scope' : statusVerdict(status)
}
