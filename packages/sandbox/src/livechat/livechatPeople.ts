import type { Person } from '../StandInControl.ts'
import type { LivechatRole } from './livechatScopes.ts'

export interface LivechatOrganization {
  readonly organizationId: string
  readonly name: string
  readonly domain: string
}

export interface LivechatPerson extends Person {
  readonly organization: LivechatOrganization
  readonly role: LivechatRole
  readonly jobTitle: string
  readonly groupIds: readonly number[]
}

const northwind = { organizationId: '8a4f6c2e-1b7d-4e53-9c08-5d2f7a90b3e1', name: 'Northwind Coffee', domain: 'northwind.example' }
const bluebird = { organizationId: 'c3d91e57-60ab-4f28-8e14-b7f05a6d2c94', name: 'Bluebird Travel', domain: 'bluebird.example' }

/** Who can sign in at the LiveChat stand-in: in each of two organizations one who may consent to much, and an ordinary agent. */
export const livechatPeople: readonly LivechatPerson[] = [
  person('1f0c5a7e-93d2-4b68-a1e4-7c86d25f0b39', 'Ada Larsen', 'ada', northwind, 'owner', 'Founder', [0, 1]),
  person('5e7b2d94-0c6f-4a1b-8f3d-29a4c8e1670d', 'Sam Okafor', 'sam', northwind, 'normal', 'Support agent', [1]),
  person('b86d3f10-47ce-4952-bd0a-e15f9c72a846', 'Mia Chen', 'mia', bluebird, 'administrator', 'Head of support', [0, 1]),
  person('d2c47a95-e8b1-4f06-9a73-601be4f5d8c2', 'Leo Novak', 'leo', bluebird, 'normal', 'Support agent', [1]),
]

function person(
  accountId: string,
  name: string,
  login: string,
  organization: LivechatOrganization,
  role: LivechatRole,
  jobTitle: string,
  groupIds: readonly number[],
): LivechatPerson {
  const detail = `${role === 'normal' ? 'Agent' : role.slice(0, 1).toUpperCase() + role.slice(1)} at ${organization.name}`
  return { accountId, name, email: `${login}@${organization.domain}`, detail, organization, role, jobTitle, groupIds }
}
