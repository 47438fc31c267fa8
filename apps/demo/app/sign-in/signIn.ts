'use server'

import { redirect } from 'next/navigation'
import { people } from '../../people.ts'
import { startSession } from '../../signedIn.ts'

/** Signs in whoever was chosen on the sign-in page. */
export async function signIn(form: FormData): Promise<void> {
  const person = people.find(({ userId }) => userId === form.get('userId'))
  if (!person) redirect('/sign-in')
  await startSession(person)
  redirect('/integrations')
}
