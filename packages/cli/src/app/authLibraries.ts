/** Libraries that `identify` is written for; `next-auth` is Auth.js before version 5. */
export const authLibraries = ['authjs', 'next-auth', 'better-auth', 'clerk', 'iron-session', 'supabase', 'none'] as const

export type AuthLibrary = (typeof authLibraries)[number]
