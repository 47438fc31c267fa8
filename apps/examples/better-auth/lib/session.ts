import { headers } from 'next/headers'
import { auth } from './auth'

/** Says who is signed in; `null` when nobody is. */
export async function readUser(): Promise<{ readonly id: string; readonly email: string } | null> {
  const session = await auth.api.getSession({ headers: await headers() })
  return session && session.user
}
