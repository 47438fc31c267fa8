import { accountIdsOf, freshworksAccounts, keyedFreshworksAccounts } from '../freshworks/freshworksAccounts.ts'
import { freshworksSettingMembers } from '../freshworks/FreshworksState.ts'
import { MinuteWindow } from '../MinuteWindow.ts'
import { OAuthStandInControl, oauthSettingMembers } from '../OAuthStandInControl.ts'
import { PendingConsents } from '../PendingConsents.ts'
import { list, nullable, text, type Members } from '../shape.ts'
import type { ClientStandInDefinition, Route } from '../standIn.ts'
import { TokenLedger } from '../TokenLedger.ts'
import { agentsMe, tickets } from './freshserviceApi.ts'
import { authorize, decide, toPerson } from './freshserviceAuthorization.ts'
import type { FreshserviceSettings, FreshserviceState } from './FreshserviceState.ts'
import { answerToken } from './freshserviceTokens.ts'

const accounts = freshworksAccounts('freshservice')
const clientSecret = 'fs_secret_CANARY_sandbox'
// FS-NANGO, FS-OAUTHC: an app belongs to one organization, and its id starts with fw_ext_.
const clients = {
  northwind: { clientId: 'fw_ext_sandbox_northwind', clientSecret },
  bluebird: { clientId: 'fw_ext_sandbox_bluebird', clientSecret },
}

const members: Members<FreshserviceSettings> = { ...oauthSettingMembers, ...freshworksSettingMembers, redirectUris: nullable(list(text)) }

/**
 * Stand-in for Freshservice, with the sign-in of its Freshworks organization.
 *
 * Comments name the source of each fact: FS-API api.freshservice.com, FS-RATE support.freshservice.com/…/50000000293, FS-OAUTHC and FS-PWD
 * community.freshworks.dev/t/12798 and /8053, FS-EXT developers.freshworks.com "OAuth in external apps", FS-NANGO nango.dev's guide and
 * provider entry, FS-MCP notes of a third party's freshservice-mcp, FS-W6W github.com/w6w-io/w6w-apps with live checks, FS-3P clients of
 * third parties. All checked 2026-11-22.
 */
export const freshservice: ClientStandInDefinition<OAuthStandInControl<FreshserviceSettings>> = {
  id: 'freshservice',
  client: clients.northwind,
  clients,
  accounts,
  endpoints: (url) => ({
    // The real hosts name organization and product in their first label, which no address of this machine can. FS-NANGO: the path with /org.
    authorizationEndpoint: `${url}/freshworks/{organization}/org/oauth/v2/authorize`,
    tokenEndpoint: `${url}/freshworks/{organization}/org/oauth/v2/token`,
    apiBaseUrl: `${url}/freshservice/{subdomain}/api/v2`,
  }),
  create(context) {
    const settings: FreshserviceSettings = {
      // FS-EXT: 30 minutes.
      expiresInSeconds: 1800,
      // Whether a refresh rotates is not established.
      rotation: 'none',
      grantedScopes: null,
      endsOldAccessTokens: false,
      clientSecret,
      coop: null,
      signedInAs: null,
      suspended: accountIdsOf(accounts, 'suspended'),
      restricted: accountIdsOf(accounts, 'restricted'),
      rateLimited: false,
      // FS-RATE: 200 calls a minute on the plan Growth.
      callsPerMinute: 200,
      redirectUris: null,
    }
    const ledger = new TokenLedger({
      names: { code: 'fs_code', accessToken: 'fs_at', refreshToken: 'fs_rt' },
      canary: context.canary,
      now: () => context.now(),
      settings,
      // Not documented; RFC 6749 §4.1.2 allows ten minutes.
      codeLifetimeSeconds: 600,
      // FS-EXT: 365 days.
      refreshTokenLifetimeSeconds: 31_536_000,
    })
    const state: FreshserviceState = {
      context,
      clients,
      settings,
      ledger,
      accounts: keyedFreshworksAccounts('freshservice', context.canary),
      window: new MinuteWindow(),
      consents: new PendingConsents(),
    }
    const organization = '/freshworks/{organization}/org/oauth/v2'
    const api = '/freshservice/{subdomain}/api/v2'
    const routes: readonly Route[] = [
      { method: 'GET', path: `${organization}/authorize`, endpoint: 'authorization', answer: (request, path) => authorize(state, request, path) },
      { method: 'POST', path: '/freshservice/consent', endpoint: 'pages', answer: (request) => decide(state, request) },
      { method: 'POST', path: `${organization}/token`, endpoint: 'token', answer: (request, path) => answerToken(state, request, path) },
      { method: 'GET', path: `${api}/agents/me`, endpoint: 'api', answer: (request, path) => agentsMe(state, request, path) },
      { method: 'GET', path: `${api}/tickets`, endpoint: 'api', answer: (request, path) => tickets(state, request, path) },
    ]
    return new OAuthStandInControl({
      id: 'freshservice',
      routes,
      people: accounts.filter(({ settings: { subdomain } }) => Object.hasOwn(clients, subdomain)).map(toPerson),
      accounts: state.accounts,
      ledger,
      log: context.log,
      settings,
      members,
      forget: () => {
        state.window.clear()
        state.consents.clear()
      },
    })
  },
}
