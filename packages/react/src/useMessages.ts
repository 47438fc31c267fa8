'use client'
import { english } from './english.ts'
import type { Messages } from './messages.ts'
import { useAuthpipe } from './useAuthpipe.ts'

/** Every text, in the app's own words where it has given any. The button itself does not use it: it pays for its own texts only. */
export function useMessages(): Messages {
  const { messages } = useAuthpipe()
  return { ...english, ...messages, errors: { ...english.errors, ...messages.errors }, reasons: { ...english.reasons, ...messages.reasons } }
}
