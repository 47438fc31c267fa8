/** Somebody who uses the demo. */
export interface Person {
  readonly userId: string
  readonly name: string
  readonly role: string
  readonly tenantId: string
  readonly tenantName: string
}

/** Everybody who can sign in: two people in each of two companies, to see that nobody gets another's connection. */
export const people: readonly Person[] = [
  { userId: 'user_ada', name: 'Ada Okafor', role: 'Admin', tenantId: 'org_copper', tenantName: 'Copper Kettle' },
  { userId: 'user_sam', name: 'Sam Lind', role: 'Support', tenantId: 'org_copper', tenantName: 'Copper Kettle' },
  { userId: 'user_mia', name: 'Mia Duarte', role: 'Admin', tenantId: 'org_bluebird', tenantName: 'Bluebird Travel' },
  { userId: 'user_leo', name: 'Leo Brandt', role: 'Support', tenantId: 'org_bluebird', tenantName: 'Bluebird Travel' },
]
