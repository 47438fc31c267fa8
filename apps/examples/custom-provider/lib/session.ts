import { getIronSession, type IronSession } from 'iron-session'
import { cookies } from 'next/headers'

interface SessionData {
  userId: string
}

/** Opens the sealed cookie of this request; an empty session where there is none. */
export async function openSession(): Promise<IronSession<SessionData>> {
  const password = process.env.SESSION_PASSWORD
  if (!password) throw new Error('SESSION_PASSWORD is missing: set it to 32 or more random characters.')
  return getIronSession(await cookies(), { cookieName: 'session', password, cookieOptions: { secure: process.env.NODE_ENV === 'production' } })
}
