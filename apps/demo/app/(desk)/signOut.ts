'use server'

import { redirect } from 'next/navigation'
import { endSession } from '../../signedIn.ts'

/** Signs out and shows the sign-in page. */
export async function signOut(): Promise<void> {
  await endSession()
  redirect('/sign-in')
}
