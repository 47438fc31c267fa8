import { jwtVerify, SignJWT } from 'jose'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { people, type Person } from './people.ts'

const cookieName = 'northwind'
const lifetimeSeconds = 8 * 60 * 60

/** Says who is signed in, by the signed cookie; `null` when nobody is. */
export async function signedIn(): Promise<Person | null> {
  const cookie = (await cookies()).get(cookieName)
  if (!cookie) return null
  const verified = await jwtVerify(cookie.value, sessionKey(), { algorithms: ['HS256'] }).catch(() => undefined)
  return people.find(({ userId }) => userId === verified?.payload.sub) ?? null
}

/** Who is signed in; sends everybody else to the sign-in page. */
export async function requirePerson(): Promise<Person> {
  return (await signedIn()) ?? redirect('/sign-in')
}

/** Signs somebody in. A real app asks for more than a click. */
export async function startSession({ userId }: Person): Promise<void> {
  const token = await new SignJWT({ sub: userId }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(`${lifetimeSeconds}s`).sign(sessionKey())
  const jar = await cookies()
  jar.set(cookieName, token, { httpOnly: true, sameSite: 'lax', secure: process.env.AUTHPIPE_BASE_URL?.startsWith('https:') ?? false, maxAge: lifetimeSeconds })
}

/** Signs whoever is signed in out. */
export async function endSession(): Promise<void> {
  const jar = await cookies()
  jar.delete(cookieName)
}

function sessionKey(): Uint8Array {
  const secret = process.env.DEMO_SESSION_SECRET
  if (!secret || secret.length < 32) throw new Error('DEMO_SESSION_SECRET is missing: start the demo with `npm start`, which makes one.')
  return new TextEncoder().encode(secret)
}
