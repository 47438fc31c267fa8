'use client'
import { useEffect, useRef } from 'react'
import type { AuthpipeEvent } from './client/AuthpipeEvent.ts'
import type { ClientCore } from './client/createClientCore.ts'
import { onEvent } from './client/events.ts'

/** Tells the events of a page to the app, and to the console where it wants to debug. */
export function useEvents(client: ClientCore, listener: ((event: AuthpipeEvent) => void) | undefined, debug: boolean): void {
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(
    () =>
      onEvent(client, (event) => {
        // oxlint-disable-next-line no-console -- the app has asked for it
        if (debug) console.debug('authpipe', event)
        try {
          latest.current?.(event)
        } catch (error) {
          // Nothing that an app throws here may come between an attempt and its end.
          reportError(error)
        }
      }),
    [client, debug],
  )
}
