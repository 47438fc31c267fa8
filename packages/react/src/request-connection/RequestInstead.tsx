'use client'
import type { ReactNode } from 'react'
import type { AuthpipeError } from '@authpipe/core'
import { useAuthpipe } from '../useAuthpipe.ts'
import { RequestConnectionLink } from './RequestConnectionLink.tsx'

interface RequestInsteadProps {
  readonly provider: string
  readonly error: AuthpipeError | undefined
}

/** Offers somebody who may not connect an account a link for somebody who may, where the app has a page for it. */
export function RequestInstead({ provider, error }: RequestInsteadProps): ReactNode {
  const { app } = useAuthpipe()
  return error?.code === 'forbidden' && app?.requestPage !== undefined && <RequestConnectionLink provider={provider} />
}
