'use server'

import { auth } from '@/lib/auth'
import { APIError } from 'better-auth/api'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'

/** Signs in whoever knows the password of the address. */
export async function signIn(form: FormData): Promise<void> {
  await unlessRefused(auth.api.signInEmail({ body: readForm(form), headers: await headers() }))
  redirect('/')
}

/** Makes an account, and signs in with it. */
export async function signUp(form: FormData): Promise<void> {
  const { email, password } = readForm(form)
  await unlessRefused(auth.api.signUpEmail({ body: { name: email, email, password }, headers: await headers() }))
  redirect('/')
}

export async function signOut(): Promise<void> {
  await auth.api.signOut({ headers: await headers() })
  redirect('/')
}

function readForm(form: FormData): { readonly email: string; readonly password: string } {
  const [email, password] = [form.get('email'), form.get('password')]
  if (typeof email !== 'string' || typeof password !== 'string') throw new TypeError('The form has an e-mail address and a password.')
  return { email, password }
}

async function unlessRefused(attempt: Promise<unknown>): Promise<void> {
  try {
    await attempt
  } catch (error) {
    if (!(error instanceof APIError)) throw error
  }
}
