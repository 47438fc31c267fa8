import { randomBytes } from 'node:crypto'

import { KeyedAccounts, type AccountKind } from '../KeyedAccounts.ts'
import type { FreshworksAccount, FreshworksState } from './FreshworksState.ts'

const helpdesks = {
  northwind: { name: 'Northwind Coffee', domain: 'northwind.example' },
  bluebird: { name: 'Bluebird Travel', domain: 'bluebird.example' },
  oldmill: { name: 'Old Mill Bakery', domain: 'oldmill.example' },
  tidepool: { name: 'Tidepool Surf', domain: 'tidepool.example' },
} as const

const people: readonly (readonly [login: string, name: string, kind: AccountKind, subdomain: keyof typeof helpdesks])[] = [
  ['ada', 'Ada Larsen', 'admin', 'northwind'],
  ['sam', 'Sam Okafor', 'agent', 'northwind'],
  ['noor', 'Noor Haddad', 'restricted', 'northwind'],
  ['mia', 'Mia Chen', 'admin', 'bluebird'],
  ['otto', 'Otto Weber', 'suspended', 'oldmill'],
  ['kai', 'Kai Nakoa', 'free', 'tidepool'],
]

const states: Readonly<Record<AccountKind, string>> = {
  admin: 'administrator',
  agent: 'agent',
  restricted: 'an agent whose role shows no tickets',
  suspended: 'administrator, the helpdesk is suspended',
  free: 'administrator, on the free plan',
}

/** The agents of a product of the family: in `northwind` one of each role, and helpdesks that are suspended or on the free plan. */
export const freshworksAccounts = (product: string): readonly FreshworksAccount[] =>
  people.map(([login, name, kind, subdomain], index) => ({
    accountId: `${product}-${login}`,
    label: `${name}, ${states[kind]} (${helpdesks[subdomain].name})`,
    kind,
    settings: { subdomain },
    fields: { apiKey: `${product}_key_CANARY_${login}` },
    name,
    email: `${login}@${helpdesks[subdomain].domain}`,
    agentId: 1001 + index,
    organization: helpdesks[subdomain].name,
  }))

/** Those accounts with their keys; a replaced key holds the canary of the sandbox. */
export const keyedFreshworksAccounts = (product: string, canary: string): KeyedAccounts<FreshworksAccount> =>
  new KeyedAccounts(freshworksAccounts(product), () => ({ apiKey: `${product}_key_${canary}_${randomBytes(12).toString('base64url')}` }))

/** The account to which a key belongs at a helpdesk. */
export const findByKey = ({ accounts }: FreshworksState, subdomain: string, apiKey: string): FreshworksAccount | undefined =>
  accounts.list().find((account) => account.settings.subdomain === subdomain && account.fields.apiKey === apiKey)

/** The accounts that a kind is the name of. */
export const accountIdsOf = (accounts: readonly FreshworksAccount[], kind: AccountKind): string[] =>
  accounts.filter((account) => account.kind === kind).map(({ accountId }) => accountId)
