import type { Person } from '../StandInControl.ts'

export interface HelpScoutPerson extends Person {
  readonly userId: number
  readonly firstName: string
  readonly lastName: string
  readonly role: 'owner' | 'admin' | 'user'
  readonly company: { readonly companyId: number; readonly name: string }
}

const northwind = { companyId: 42_001, name: 'Northwind Coffee' }
const bluebird = { companyId: 42_002, name: 'Bluebird Travel' }

/** Who can sign in at the Help Scout stand-in; Noor's role shows no conversations. */
export const helpScoutPeople: readonly HelpScoutPerson[] = [
  person(301, 'Ada', 'Larsen', 'northwind.example', 'owner', northwind),
  person(302, 'Sam', 'Okafor', 'northwind.example', 'user', northwind),
  person(303, 'Noor', 'Haddad', 'northwind.example', 'user', northwind),
  person(304, 'Mia', 'Chen', 'bluebird.example', 'admin', bluebird),
]

function person(
  userId: number,
  firstName: string,
  lastName: string,
  domain: string,
  role: HelpScoutPerson['role'],
  company: HelpScoutPerson['company'],
): HelpScoutPerson {
  const words = { owner: 'Account owner', admin: 'Administrator', user: 'User' }
  return {
    accountId: String(userId),
    name: `${firstName} ${lastName}`,
    email: `${firstName.toLowerCase()}@${domain}`,
    detail: `${words[role]} at ${company.name}`,
    userId,
    firstName,
    lastName,
    role,
    company,
  }
}
