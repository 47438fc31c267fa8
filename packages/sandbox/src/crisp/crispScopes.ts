/** The scopes that the stand-in enforces, in plain words (CR-SCOPE). */
export const crispScopes = [
  { id: 'website:conversation:sessions', description: 'Read conversations and who takes part in them' },
  { id: 'website:operators', description: 'See the operators of the workspace with their e-mail addresses' },
] as const

/** One of them. */
export type CrispScope = (typeof crispScopes)[number]['id']
