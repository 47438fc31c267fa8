'use client'
import { useEffect } from 'react'
import { useAuthpipe } from './useAuthpipe.ts'

/** Keeps the cached connections true while a component shows them. */
export function useConnectionChanges(): void {
  const { client, queryClient } = useAuthpipe()
  useEffect(() => {
    let isMounted = true
    let end: (() => void) | undefined
    // Where it does not come they are as true as the next refetch makes them.
    import('./followConnections.ts').then(({ followConnections }) => isMounted && (end = followConnections(client, queryClient)), () => {})
    return () => {
      isMounted = false
      end?.()
    }
  }, [client, queryClient])
}
