import { scryptSync, timingSafeEqual } from 'node:crypto'

/** Somebody with an account in this app. */
export interface User {
  readonly id: string
  readonly organizationId: string
  readonly email: string
}

/** Stands for the table of users that an app has; both have the password "correct horse". */
const users = [
  { id: 'user_ada', organizationId: 'org_acme', email: 'ada@acme.example', salt: 'YWRh', hash: '8ItFmGbhsgNg40YpmX63sQVg5G88F8ChtAuZDth2Fmw=' },
  { id: 'user_sam', organizationId: 'org_acme', email: 'sam@acme.example', salt: 'c2Ft', hash: 'MKho9ty5MjzqcPRvS5fnAGNXrXbAbRUVZgYXbjJBmwo=' },
] as const

export function findUser(id: string): User | undefined {
  return users.find((user) => user.id === id)
}

/** Gives the user whose e-mail address and password these are, or `undefined`. An unknown address takes as long as a wrong password. */
export function checkPassword(email: string, password: string): User | undefined {
  const user = users.find((candidate) => candidate.email === email)
  const { salt, hash } = user ?? users[0]
  return timingSafeEqual(scryptSync(password, salt, 32), Buffer.from(hash, 'base64')) ? user : undefined
}
