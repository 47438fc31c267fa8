import { accountIdsOf, freshworksAccounts, keyedFreshworksAccounts } from '../freshworks/freshworksAccounts.ts'
import { freshworksSettingMembers, type FreshworksSettings, type FreshworksState } from '../freshworks/FreshworksState.ts'
import { MinuteWindow } from '../MinuteWindow.ts'
import type { StandInDefinition } from '../standIn.ts'
import { StandInControl } from '../StandInControl.ts'
import { account, agentsMe, settingsHelpdesk, tickets } from './freshdeskApi.ts'

const accounts = freshworksAccounts('freshdesk')

/**
 * Stand-in for Freshdesk.
 *
 * Comments name the source of each fact: FD-API developers.freshdesk.com/api, FD-CONN a connector that quotes it, FD-JP a reseller's
 * article on the statuses, FD-W6W github.com/w6w-io/w6w-apps, FD-NANGO github.com/NangoHQ/nango, FD-NEXLA docs.nexla.com, FD-MOCK mocks
 * and clients of third parties; in the parts of the family also FS-API api.freshservice.com and FS-RATE its article on limits. All
 * checked 2026-11-22.
 */
export const freshdesk: StandInDefinition<StandInControl<FreshworksSettings>> = {
  id: 'freshdesk',
  accounts,
  endpoints: (url) => ({
    // The real host names the helpdesk in its first label, which no address of this machine can; here it is a segment of the path.
    apiBaseUrl: `${url}/freshdesk/{subdomain}/api/v2`,
  }),
  create(context) {
    const settings: FreshworksSettings = {
      suspended: accountIdsOf(accounts, 'suspended'),
      restricted: accountIdsOf(accounts, 'restricted'),
      rateLimited: false,
      // FD-API: 200 calls a minute on the plan Growth.
      callsPerMinute: 200,
    }
    const state: FreshworksState = { context, settings, accounts: keyedFreshworksAccounts('freshdesk', context.canary), window: new MinuteWindow() }
    const api = '/freshdesk/{subdomain}/api/v2'
    return new StandInControl({
      id: 'freshdesk',
      routes: [
        { method: 'GET', path: `${api}/agents/me`, endpoint: 'api', answer: (request, path) => agentsMe(state, request, path) },
        { method: 'GET', path: `${api}/account`, endpoint: 'api', answer: (request, path) => account(state, request, path) },
        { method: 'GET', path: `${api}/settings/helpdesk`, endpoint: 'api', answer: (request, path) => settingsHelpdesk(state, request, path) },
        { method: 'GET', path: `${api}/tickets`, endpoint: 'api', answer: (request, path) => tickets(state, request, path) },
      ],
      accounts: state.accounts,
      log: context.log,
      settings,
      members: freshworksSettingMembers,
      forget: () => state.window.clear(),
    })
  },
}
