'use server'

import { openSession } from '@/lib/session'
import { checkPassword } from '@/lib/users'
import { redirect } from 'next/navigation'

/** Signs in whoever knows the password of the address. */
export async function signIn(form: FormData): Promise<void> {
  const [email, password] = [form.get('email'), form.get('password')]
  const user = typeof email === 'string' && typeof password === 'string' && checkPassword(email, password)
  if (user) {
    const session = await openSession()
    session.userId = user.id
    await session.save()
  }
  redirect('/')
}

export async function signOut(): Promise<void> {
  const session = await openSession()
  session.destroy()
  redirect('/')
}
