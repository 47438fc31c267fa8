import { getIronSession, type IronSession, type SessionOptions } from 'iron-session'
import { cookies } from 'next/headers'
import { findUser, type User } from './users'

interface SessionData {
  userId: string
}

/** Opens the sealed cookie of this request; an empty session where there is none, or one that nobody here sealed. */
export async function openSession(): Promise<IronSession<SessionData>> {
  return getIronSession(await cookies(), options())
}

/** Says who is signed in, as the table of users has them now; `null` when nobody is. */
export async function readUser(): Promise<User | null> {
  const { userId } = await openSession()
  return (userId !== undefined && findUser(userId)) || null
}

function options(): SessionOptions {
  const password = process.env.SESSION_PASSWORD
  if (!password) throw new Error('SESSION_PASSWORD is missing: set it to 32 or more random characters.')
  return { cookieName: 'session', password, cookieOptions: { secure: process.env.NODE_ENV === 'production' } }
}
