import type { ReactNode } from 'react'

export const tick = 'm3.5 8.5 3 3 6-7'

/** A line drawing in the colour of the text. Decorative, since words stand beside it. */
export const Icon = ({ path }: { readonly path: string }): ReactNode => (
  <svg className="ap-icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={path} />
  </svg>
)
