import { OAuthStandInControl, oauthSettingMembers } from '../OAuthStandInControl.ts'
import { PendingConsents } from '../PendingConsents.ts'
import { flag, list, nullable, text, type Members } from '../shape.ts'
import type { Route, ClientStandInDefinition } from '../standIn.ts'
import { TokenLedger } from '../TokenLedger.ts'
import { accountsMe, answerToken, info, organizationsMy, revoke } from './livechatAccounts.ts'
import { answerApi, apiPath } from './livechatApi.ts'
import { authorize, decide, ooops } from './livechatAuthorization.ts'
import { livechatPeople } from './livechatPeople.ts'
import { livechatScopes } from './livechatScopes.ts'
import type { LivechatSettings, LivechatState } from './LivechatState.ts'
import { writeLivechatWebhook } from './livechatWebhook.ts'

const client = { clientId: 'sandbox-livechat', clientSecret: 'lc_secret_CANARY_sandbox' }

const members: Members<LivechatSettings> = {
  ...oauthSettingMembers,
  redirectUris: nullable(list(text)),
  configuredScopes: list(text),
  licenseExpired: flag,
  homeRegion: nullable(text),
  limitRedirects: flag,
  webhookSecret: text,
}

/**
 * Stand-in for LiveChat on the text.com platform.
 *
 * Comments name the source of each fact: LC-OAUTH platform.text.com/docs/authorization/oauth-authorization, LC-SCOPES …/scopes,
 * LC-TROUBLE …/troubleshooting, LC-GA …/global-accounts-api, LC-AGENT …/docs/messaging/agent-chat-api and LC-ERR its "Errors", LC-CONF
 * …/docs/management/configuration-api, LC-SDK github.com/livechat/accounts-sdk, LC-GIT the history of livechat-public-docs, LC-W6W probes
 * by github.com/segevsh/w6w-apps, LC-HOOKS platform.text.com/docs/management/webhooks. All checked 2026-11-22.
 */
export const livechat: ClientStandInDefinition<OAuthStandInControl<LivechatSettings>> = {
  id: 'livechat',
  client,
  endpoints: (url) => ({
    // LC-OAUTH: the authorization endpoint is the root path of the accounts host.
    authorizationEndpoint: `${url}/livechat/`,
    tokenEndpoint: `${url}/livechat/v2/token`,
    revocationEndpoint: `${url}/livechat/v2/token`,
    accountsBaseUrl: `${url}/livechat/v2`,
    apiBaseUrl: `${url}/livechat-api/v3.6`,
  }),
  create(context) {
    const settings: LivechatSettings = {
      // LC-OAUTH: 28800 seconds by default.
      expiresInSeconds: 28_800,
      // LC-OAUTH: refresh tokens of server-side apps do not rotate.
      rotation: 'none',
      grantedScopes: null,
      endsOldAccessTokens: false,
      clientSecret: client.clientSecret,
      redirectUris: null,
      coop: null,
      signedInAs: null,
      suspended: [],
      configuredScopes: livechatScopes.map(({ id }) => id),
      licenseExpired: false,
      homeRegion: null,
      rateLimited: false,
      limitRedirects: false,
      webhookSecret: 'lc_hook_CANARY_sandbox',
    }
    const ledger = new TokenLedger({
      // LC-OAUTH, LC-GIT: codes and access tokens show a data centre, refresh tokens no longer do.
      names: { code: 'dal:lc_code', accessToken: 'dal:lc_at', refreshToken: 'lc_rt' },
      canary: context.canary,
      now: () => context.now(),
      settings,
      // LC-OAUTH: a code is good for "a few minutes".
      codeLifetimeSeconds: 300,
      // LC-OAUTH: 25 of each kind for a client and user; beyond that the oldest is revoked silently.
      tokensPerAccount: 25,
    })
    const state: LivechatState = { context, client, settings, ledger, consents: new PendingConsents(), redirects: new Map() }
    const routes: readonly Route[] = [
      { method: 'GET', path: '/livechat/', endpoint: 'authorization', answer: (request) => authorize(state, request) },
      { method: 'POST', path: '/livechat/consent', endpoint: 'pages', answer: (request) => decide(state, request) },
      { method: 'GET', path: '/livechat/ooops', endpoint: 'pages', answer: (request) => ooops(state, request) },
      { method: 'POST', path: '/livechat/v2/token', endpoint: 'token', answer: (request) => answerToken(state, request) },
      { method: 'DELETE', path: '/livechat/v2/token', endpoint: 'revocation', answer: (request) => revoke(state, request) },
      { method: 'GET', path: '/livechat/v2/info', endpoint: 'accounts', answer: (request) => info(state, request) },
      { method: 'GET', path: '/livechat/v2/accounts/me', endpoint: 'accounts', answer: (request) => accountsMe(state, request) },
      { method: 'GET', path: '/livechat/v2/organizations/my', endpoint: 'accounts', answer: (request) => organizationsMy(state, request) },
      { method: 'POST', path: `${apiPath}*`, endpoint: 'api', answer: (request) => answerApi(state, request) },
    ]
    const forget = (): void => {
      state.consents.clear()
      state.redirects.clear()
    }
    const webhooks = { now: () => context.now(), secret: () => settings.webhookSecret, write: writeLivechatWebhook }
    return new OAuthStandInControl({ id: 'livechat', routes, people: livechatPeople, ledger, log: context.log, settings, members, webhooks, forget })
  },
}
