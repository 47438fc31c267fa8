import { createHash, randomBytes, randomUUID } from 'node:crypto'

import { KeyedAccounts, type SandboxAccount } from '../KeyedAccounts.ts'
import type { Person } from '../StandInControl.ts'

/** A workspace, which Crisp's API calls a website. */
export interface CrispWebsite {
  readonly websiteId: string
  readonly name: string
  readonly domain: string
  readonly owner: { readonly firstName: string; readonly lastName: string; readonly email: string }
}

/** The workspaces; the last is suspended at the start. */
export const crispWebsites: readonly CrispWebsite[] = [
  website('3b8f6d2a-51c7-4e90-9a4d-7e0c2f6b1d85', 'Northwind Coffee', 'northwind.example', 'Ada', 'Larsen'),
  website('9e1d40c7-82fb-4a36-b5e2-04c9d7a83f61', 'Bluebird Travel', 'bluebird.example', 'Mia', 'Chen'),
  website('c47a95b0-3e6d-4f18-8d02-f1b86a2c9e73', 'Old Mill Bakery', 'oldmill.example', 'Otto', 'Weber'),
]

/** Where the plugin can be installed, as the install page shows it. */
export const crispPeople: readonly Person[] = crispWebsites.map(({ websiteId, name, domain, owner }) => ({
  accountId: websiteId,
  name,
  email: owner.email,
  detail: domain,
}))

/** The website tokens that owners can paste. CR-WEB: an owner generates one; it is bound to one workspace. */
export const crispAccounts: readonly SandboxAccount[] = crispWebsites.map(({ websiteId, name, owner }, index) => {
  const suspended = index === crispWebsites.length - 1
  return {
    accountId: websiteId,
    label: `${name}, website token of ${owner.firstName} ${owner.lastName}${suspended ? ', the workspace is suspended' : ''}`,
    kind: suspended ? 'suspended' : 'admin',
    settings: { websiteId },
    // CR-PLUG: an identifier that is a UUID, and a key of 64 hexadecimal digits; so no canary fits.
    fields: { identifier: websiteId.replace(/^.{8}/, 'f0e1d2c3'), key: createHash('sha256').update(`website token of ${name}`).digest('hex') },
  }
})

/** Those tokens as they are now. */
export const keyedCrispAccounts = (): KeyedAccounts =>
  new KeyedAccounts(crispAccounts, () => ({ identifier: randomUUID(), key: randomBytes(32).toString('hex') }))

function website(websiteId: string, name: string, domain: string, firstName: string, lastName: string): CrispWebsite {
  return { websiteId, name, domain, owner: { firstName, lastName, email: `${firstName.toLowerCase()}@${domain}` } }
}
