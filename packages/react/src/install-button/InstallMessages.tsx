'use client'
import type { ReactNode } from 'react'
import { AuthpipeContext } from '../AuthpipeContext.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { installTexts } from './installTexts.ts'

/** Lets what is below speak of installing where it would speak of connecting. */
export function InstallMessages({ children }: { readonly children: ReactNode }): ReactNode {
  const authpipe = useAuthpipe()
  const { messages, app } = authpipe
  const own = messages.installButton
  const texts = {
    ...messages,
    ...installTexts,
    ...own,
    errors: { ...messages.errors, ...installTexts.errors, ...own?.errors },
    reasons: { ...messages.reasons, ...installTexts.reasons, ...own?.reasons },
  }
  // A link asks for an account of somebody's own, and for no installation.
  return <AuthpipeContext.Provider value={{ ...authpipe, messages: texts, app: app && { ...app, requestPage: undefined } }}>{children}</AuthpipeContext.Provider>
}
