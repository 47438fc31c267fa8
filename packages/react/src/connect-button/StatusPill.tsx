'use client'
import type { ReactNode } from 'react'
import { useAuthpipe } from '../useAuthpipe.ts'
import { Icon } from './Icon.tsx'

/** The status of a connection in a word, with an icon and a colour that say the same. */
export const StatusPill = ({ status }: { readonly status: 'active' | 'needs_reauth' | 'failed' }): ReactNode => (
  <span className="ap-pill" data-status={status}>
    <Icon name={status} />
    {useAuthpipe().messages[status]}
  </span>
)
