'use client'
import { useAuthpipe } from './useAuthpipe.ts'

/** BCP 47 tag that dates and numbers follow: the app's own, else that of the texts. */
export function useLocale(): string {
  const { locale, messages } = useAuthpipe()
  return locale ?? messages.locale ?? 'en'
}
