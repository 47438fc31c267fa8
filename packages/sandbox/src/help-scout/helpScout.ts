import { MinuteWindow } from '../MinuteWindow.ts'
import { OAuthStandInControl, oauthSettingMembers } from '../OAuthStandInControl.ts'
import { PendingConsents } from '../PendingConsents.ts'
import { address, amount, list, nullable, text, type Members } from '../shape.ts'
import type { ClientStandInDefinition, Route } from '../standIn.ts'
import { TokenLedger } from '../TokenLedger.ts'
import { conversations, usersMe } from './helpScoutApi.ts'
import { authorize, decide } from './helpScoutAuthorization.ts'
import { helpScoutPeople } from './helpScoutPeople.ts'
import type { HelpScoutSettings, HelpScoutState } from './HelpScoutState.ts'
import { answerToken } from './helpScoutTokens.ts'
import { writeHelpScoutWebhook } from './helpScoutWebhook.ts'

const client = { clientId: 'sandbox-help-scout', clientSecret: 'hs_secret_CANARY_sandbox' }

const members: Members<HelpScoutSettings> = {
  ...oauthSettingMembers,
  redirectUrl: nullable(address),
  restricted: list(text),
  callsPerMinute: amount,
  webhookSecret: text,
}

/**
 * Stand-in for Help Scout.
 *
 * Comments name the source of each fact: HS-AUTH developer.helpscout.com/mailbox-api/overview/authentication, HS-RATE …/rate-limiting,
 * HS-ERR …/errors, HS-ME …/endpoints/users/me, HS-HOOK developer.helpscout.com/webhooks, HS-PLAN docs.helpscout.com/article/1140, HS-SDK
 * github.com/helpscout/helpscout-api-php and HS-ISS its issue 291, HS-TAP github.com/singer-io/tap-helpscout. All checked 2026-11-22.
 */
export const helpScout: ClientStandInDefinition<OAuthStandInControl<HelpScoutSettings>> = {
  id: 'help-scout',
  client,
  endpoints: (url) => ({
    authorizationEndpoint: `${url}/help-scout/authentication/authorizeClientApplication`,
    tokenEndpoint: `${url}/help-scout-api/v2/oauth2/token`,
    apiBaseUrl: `${url}/help-scout-api/v2`,
  }),
  create(context) {
    const settings: HelpScoutSettings = {
      // HS-AUTH: two days.
      expiresInSeconds: 172_800,
      // HS-TAP: every refresh gives a new pair, and the refresh token before it stops working.
      rotation: 'single_use',
      grantedScopes: null,
      endsOldAccessTokens: false,
      clientSecret: client.clientSecret,
      coop: null,
      signedInAs: null,
      suspended: [],
      rateLimited: false,
      redirectUrl: null,
      restricted: ['303'],
      // HS-RATE, HS-PLAN: 400 on the plan Plus.
      callsPerMinute: 400,
      webhookSecret: 'hs_hook_CANARY_sandbox',
    }
    const ledger = new TokenLedger({
      names: { code: 'hs_code', accessToken: 'hs_at', refreshToken: 'hs_rt' },
      canary: context.canary,
      now: () => context.now(),
      settings,
      // Not documented; RFC 6749 §4.1.2 allows ten minutes.
      codeLifetimeSeconds: 600,
    })
    const state: HelpScoutState = { context, client, settings, ledger, consents: new PendingConsents(), window: new MinuteWindow() }
    const routes: readonly Route[] = [
      { method: 'GET', path: '/help-scout/authentication/authorizeClientApplication', endpoint: 'authorization', answer: (request) => authorize(state, request) },
      { method: 'POST', path: '/help-scout/consent', endpoint: 'pages', answer: (request) => decide(state, request) },
      { method: 'POST', path: '/help-scout-api/v2/oauth2/token', endpoint: 'token', answer: (request) => answerToken(state, request) },
      { method: 'GET', path: '/help-scout-api/v2/users/me', endpoint: 'api', answer: (request) => usersMe(state, request) },
      { method: 'GET', path: '/help-scout-api/v2/conversations', endpoint: 'api', answer: (request) => conversations(state, request) },
    ]
    const webhooks = { now: () => context.now(), secret: () => settings.webhookSecret, write: writeHelpScoutWebhook }
    const forget = (): void => {
      state.consents.clear()
      state.window.clear()
    }
    return new OAuthStandInControl({ id: 'help-scout', routes, people: helpScoutPeople, ledger, log: context.log, settings, members, webhooks, forget })
  },
}
