'use client'
import type { ReactNode } from 'react'
import { useMessages } from '../useMessages.ts'
import { Icon, tick } from './Icon.tsx'

const icons = { active: tick, needs_reauth: 'M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.7v.1', failed: 'm4 4 8 8m0-8-8 8' }

/** The status of a connection in a word, with an icon and a colour that say the same. */
export const StatusPill = ({ status }: { readonly status: keyof typeof icons }): ReactNode => (
  <span className="ap-pill" data-status={status}>
    <Icon path={icons[status]} />
    {useMessages()[status]}
  </span>
)
