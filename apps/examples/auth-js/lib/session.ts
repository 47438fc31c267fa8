import { auth } from './auth'
import { findUser, type User } from './users'

/** Says who is signed in, as the table of users has them now; `null` when nobody is. */
export async function readUser(): Promise<User | null> {
  const id = (await auth())?.user?.id
  return (id !== undefined && findUser(id)) || null
}
