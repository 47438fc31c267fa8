import { createHash } from 'node:crypto'

import { parseCoop } from '../OAuthStandInControl.ts'
import { PendingConsents } from '../PendingConsents.ts'
import { address, list, nullable, oneOf, text, type Members } from '../shape.ts'
import type { ClientStandInDefinition, Route } from '../standIn.ts'
import { settingMembers } from '../StandInControl.ts'
import { connectAccount, connectSession, connectWebsites, conversations, operators, subscriptionSettings, website } from './crispApi.ts'
import { CrispControl } from './CrispControl.ts'
import { install, showInstall } from './crispInstall.ts'
import { CrispInstallations } from './CrispInstallations.ts'
import { crispScopes } from './crispScopes.ts'
import type { CrispSettings, CrispState } from './CrispState.ts'
import { crispAccounts, crispPeople, keyedCrispAccounts } from './crispWebsites.ts'
import { writeCrispWebhook } from './crispWebhook.ts'

const client = {
  clientId: 'd5c0a1f4-7b29-4c86-9e13-60f8b2d7a4c5',
  // CR-PLUG: identifier and key of the plugin's keypair.
  clientSecret: `6a3e9c58-1d40-47b2-8f6e-c2b7904d5a13:${createHash('sha256').update('plugin keypair').digest('hex')}`,
  webhookSecret: 'crisp_hook_CANARY_sandbox',
}

const members: Members<CrispSettings> = {
  ...settingMembers,
  clientSecret: text,
  callbackUrl: address,
  pluginScopes: nullable(list(text)),
  webhookSecret: text,
  rateLimitStatus: oneOf([429, 420]),
  coop: parseCoop,
}

/**
 * Stand-in for Crisp: website tokens, and a Marketplace plugin that is installed in a workspace.
 *
 * Comments name the source of each fact: CR-PLUG and CR-WEB docs.crisp.chat/guides/rest-api/authentication/{plugin-token,website-token},
 * CR-RATE …/rest-api/rate-limits, CR-SCOPE …/guides/plugins/token-scopes, CR-HOOK …/references/web-hooks/v1, CR-REF …/references/rest-api/v1,
 * CR-SDK github.com/crisp-im/node-crisp-api and CR-ISS its issues 31 and 56, CR-WP Crisp's own WordPress plugin, CR-NANGO
 * github.com/NangoHQ/nango, CR-CHAIN github.com/gmpetrov/databerry, CR-PROBO github.com/getprobo/probo. All checked 2026-11-22.
 */
export const crisp: ClientStandInDefinition<CrispControl> = {
  id: 'crisp',
  client,
  accounts: crispAccounts,
  endpoints: (url) => ({ apiBaseUrl: `${url}/crisp-api/v1`, installEndpoint: `${url}/crisp/initiate/plugin` }),
  create(context) {
    const settings: CrispSettings = {
      suspended: crispAccounts.filter(({ kind }) => kind === 'suspended').map(({ accountId }) => accountId),
      rateLimited: false,
      clientSecret: client.clientSecret,
      // Where an app in development has it when it follows the quick start.
      callbackUrl: 'http://localhost:3000/api/authpipe/callback/crisp',
      pluginScopes: crispScopes.map(({ id }) => id),
      webhookSecret: client.webhookSecret,
      rateLimitStatus: 429,
      coop: null,
    }
    const installations = new CrispInstallations(context.canary)
    const state: CrispState = { context, client, settings, accounts: keyedCrispAccounts(), installations, consents: new PendingConsents() }
    const api = '/crisp-api/v1'
    const readings: readonly (readonly [path: string, answer: typeof website])[] = [
      ['/plugin/connect/account', connectAccount],
      ['/plugin/connect/websites/all/{page}', connectWebsites],
      ['/plugins/subscription/{websiteId}/{pluginId}/settings', subscriptionSettings],
      ['/website/{websiteId}', website],
      ['/website/{websiteId}/operators/list', operators],
      ['/website/{websiteId}/conversations/{page}', conversations],
    ]
    const routes: readonly Route[] = [
      // CR-WP: the install link ends in a slash.
      { method: 'GET', path: '/crisp/initiate/plugin/{pluginId}/', endpoint: 'authorization', answer: (request, path) => showInstall(state, request, path) },
      { method: 'POST', path: '/crisp/install', endpoint: 'pages', answer: (request) => install(state, request) },
      // CR-SDK: only HEAD. CR-REF: the page of the reference adds /valid.
      { method: 'HEAD', path: `${api}/plugin/connect/session`, endpoint: 'api', answer: (request) => connectSession(state, request) },
      { method: 'HEAD', path: `${api}/plugin/connect/session/valid`, endpoint: 'api', answer: (request) => connectSession(state, request) },
      // CR-SDK: HEAD asks whether there is something, and its answers have no body.
      ...readings.flatMap(([path, answer]) =>
        (['GET', 'HEAD'] as const).map(
          (method): Route => ({ method, path: `${api}${path}`, endpoint: 'api', answer: (request, parameters) => answer(state, request, parameters) }),
        ),
      ),
    ]
    return new CrispControl({
      id: 'crisp',
      routes,
      people: crispPeople,
      accounts: state.accounts,
      installations,
      log: context.log,
      settings,
      members,
      webhooks: { now: () => context.now(), secret: () => settings.webhookSecret, write: writeCrispWebhook },
      forget: () => {
        installations.uninstall(undefined)
        state.consents.clear()
      },
    })
  },
}
