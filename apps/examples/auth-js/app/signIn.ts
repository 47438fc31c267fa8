'use server'

import * as auth from '@/lib/auth'
import { AuthError } from 'next-auth'
import { redirect } from 'next/navigation'

/** Signs in whoever knows the password of the address. */
export async function signIn(form: FormData): Promise<void> {
  try {
    await auth.signIn('credentials', form)
  } catch (error) {
    // What else is thrown is the redirect of somebody who is in.
    if (!(error instanceof AuthError)) throw error
    redirect('/')
  }
}

export async function signOut(): Promise<void> {
  await auth.signOut({ redirectTo: '/' })
}
