import type { Person } from '../StandInControl.ts'

/** Who can sign in at the plain stand-in. */
export const plainPeople: readonly Person[] = [
  { accountId: 'user-ines', name: 'Ines Duarte', email: 'ines@plain.example' },
  { accountId: 'user-noah', name: 'Noah Fischer', email: 'noah@plain.example' },
]

/** Every scope of the plain stand-in. */
export const plainScopes = [
  { id: 'profile', description: 'Read your name and e-mail address' },
  { id: 'things:read', description: 'Read your things' },
  { id: 'things:write', description: 'Change your things' },
] as const
