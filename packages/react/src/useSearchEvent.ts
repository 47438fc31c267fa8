'use client'
import { useEffect } from 'react'
import { emit } from './client/events.ts'
import { useAuthpipe } from './useAuthpipe.ts'

const typingMs = 500

/** Tells that somebody has searched, once they have stopped typing: how much was found, and never what for. */
export function useSearchEvent(query: string, count: number): void {
  const { client } = useAuthpipe()
  useEffect(() => {
    if (query.trim() === '') return
    const timer = setTimeout(() => emit(client, { event: 'provider_searched', count }), typingMs)
    return () => clearTimeout(timer)
  }, [client, query, count])
}
