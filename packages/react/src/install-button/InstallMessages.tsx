'use client'
import type { ReactNode } from 'react'
import { AuthpipeContext } from '../AuthpipeContext.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { installTexts } from './installTexts.ts'

/** Lets what is below speak of installing where it would speak of connecting. */
export function InstallMessages({ children }: { readonly children: ReactNode }): ReactNode {
  const authpipe = useAuthpipe()
  const { messages } = authpipe
  const own = messages.installButton
  const texts = {
    ...messages,
    ...installTexts,
    ...own,
    errors: { ...messages.errors, ...installTexts.errors, ...own?.errors },
    reasons: { ...messages.reasons, ...installTexts.reasons, ...own?.reasons },
  }
  return <AuthpipeContext.Provider value={{ ...authpipe, messages: texts }}>{children}</AuthpipeContext.Provider>
}
