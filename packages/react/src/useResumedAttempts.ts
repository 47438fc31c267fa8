'use client'
import { useEffect } from 'react'
import type { ClientCore } from './client/createClientCore.ts'
import { pendingKeys } from './client/pendingSession.ts'

/** Goes on with attempts from before a reload, or from before redirect mode left the page, also where no button shows them. */
export function useResumedAttempts(client: ClientCore): void {
  useEffect(() => {
    // Where its code does not come, a button of the provider goes on once it is mounted.
    if (pendingKeys().length > 0) import('./client/resumeAttempts.ts').then(({ resumeAttempts }) => resumeAttempts(client), () => {})
  }, [client])
}
