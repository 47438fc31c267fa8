'use server'

import { openSession } from '@/lib/session'
import { redirect } from 'next/navigation'

/** Signs in whoever was chosen, since this example is about something else: `../iron-session` asks for a password. */
export async function signIn(form: FormData): Promise<void> {
  const userId = form.get('user')
  if (userId === 'ada' || userId === 'sam') {
    const session = await openSession()
    session.userId = userId
    await session.save()
  }
  redirect('/')
}
