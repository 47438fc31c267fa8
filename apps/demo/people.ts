/** Somebody who uses the demo. */
export interface Person {
  readonly userId: string
  readonly name: string
  readonly role: string
  readonly tenantId: string
  readonly tenantName: string
  /** Where the company has its Freshservice. */
  readonly freshworksOrganization: string
}

/** Everybody who can sign in: two people in each of two companies, to see that nobody gets another's connection. */
export const people: readonly Person[] = [
  { userId: 'user_ada', name: 'Ada Okafor', role: 'Admin', tenantId: 'org_copper', tenantName: 'Copper Kettle', freshworksOrganization: 'northwind' },
  { userId: 'user_sam', name: 'Sam Lind', role: 'Support', tenantId: 'org_copper', tenantName: 'Copper Kettle', freshworksOrganization: 'northwind' },
  { userId: 'user_mia', name: 'Mia Duarte', role: 'Admin', tenantId: 'org_bluebird', tenantName: 'Bluebird Travel', freshworksOrganization: 'bluebird' },
  { userId: 'user_leo', name: 'Leo Brandt', role: 'Support', tenantId: 'org_bluebird', tenantName: 'Bluebird Travel', freshworksOrganization: 'bluebird' },
]
