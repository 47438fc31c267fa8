import type { ReactNode } from 'react'
import { Icon, type IconName } from './Icon.tsx'

const icons = { success: 'check', warning: 'warning', danger: 'cross' } as const satisfies Record<string, IconName>

/** A status in a word, with an icon and a colour that say the same. */
export const StatusPill = ({ tone, children }: { readonly tone: keyof typeof icons; readonly children: ReactNode }): ReactNode => (
  <span className="ap-pill" data-tone={tone}>
    <Icon name={icons[tone]} />
    {children}
  </span>
)
