import { OAuthStandInControl, oauthSettingMembers } from '../OAuthStandInControl.ts'
import { PendingConsents } from '../PendingConsents.ts'
import { list, nullable, oneOf, text, type Members } from '../shape.ts'
import type { Route, ClientStandInDefinition } from '../standIn.ts'
import { TokenLedger } from '../TokenLedger.ts'
import { me, things } from './plainApi.ts'
import { authorize, decide } from './plainAuthorization.ts'
import { plainPeople } from './plainPeople.ts'
import type { PlainSettings, PlainState } from './PlainState.ts'
import { answerToken, revoke } from './plainTokens.ts'

const client = { clientId: 'sandbox-plain', clientSecret: 'plain_secret_CANARY_sandbox' }

const members: Members<PlainSettings> = {
  ...oauthSettingMembers,
  redirectUris: nullable(list(text)),
  issuer: oneOf(['right', 'wrong', 'absent']),
  responseMode: oneOf(['query', 'form_post']),
  revocationEnds: oneOf(['grant', 'account']),
}

/** A provider that does what the RFCs say and nothing else: RFC 6749, 6750, 7009, 7636, 9207, 9700. */
export const plain: ClientStandInDefinition<OAuthStandInControl<PlainSettings>> = {
  id: 'plain',
  client,
  endpoints: (url) => ({
    authorizationEndpoint: `${url}/plain/authorize`,
    tokenEndpoint: `${url}/plain/token`,
    revocationEndpoint: `${url}/plain/revoke`,
    issuer: `${url}/plain`,
    apiBaseUrl: `${url}/plain/api`,
  }),
  create(context) {
    const settings: PlainSettings = {
      expiresInSeconds: 3600,
      // RFC 9700 §4.14.2: rotation with the end of the grant on reuse.
      rotation: 'strict',
      grantedScopes: null,
      endsOldAccessTokens: false,
      clientSecret: client.clientSecret,
      redirectUris: null,
      coop: null,
      signedInAs: null,
      suspended: [],
      rateLimited: false,
      issuer: 'right',
      responseMode: 'query',
      revocationEnds: 'grant',
    }
    const ledger = new TokenLedger({
      names: { code: 'plain_code', accessToken: 'plain_at', refreshToken: 'plain_rt' },
      canary: context.canary,
      now: () => context.now(),
      settings,
      // RFC 6749 §4.1.2: ten minutes at most.
      codeLifetimeSeconds: 600,
    })
    const state: PlainState = { context, client, settings, ledger, consents: new PendingConsents() }
    const routes: readonly Route[] = [
      { method: 'GET', path: '/plain/authorize', endpoint: 'authorization', answer: (request) => authorize(state, request) },
      { method: 'POST', path: '/plain/consent', endpoint: 'pages', answer: (request) => decide(state, request) },
      { method: 'POST', path: '/plain/token', endpoint: 'token', answer: (request) => answerToken(state, request) },
      { method: 'POST', path: '/plain/revoke', endpoint: 'revocation', answer: (request) => revoke(state, request) },
      { method: 'GET', path: '/plain/api/me', endpoint: 'api', answer: (request) => me(state, request) },
      { method: 'GET', path: '/plain/api/things', endpoint: 'api', answer: (request) => things(state, request) },
    ]
    const forget = (): void => state.consents.clear()
    return new OAuthStandInControl({ id: 'plain', routes, people: plainPeople, ledger, log: context.log, settings, members, forget })
  },
}
