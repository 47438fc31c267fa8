import type { ReactNode } from 'react'

const paths = {
  check: 'm3.5 8.5 3 3 6-7',
  warning: 'M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.7v.1',
  cross: 'm4 4 8 8m0-8-8 8',
  window: 'M2 3h12v10H2zm0 3h12',
}

export type IconName = keyof typeof paths

/** A line drawing of 16 by 16 in the colour of the text; decorative, since words stand beside it. */
export const Icon = ({ name }: { readonly name: IconName }): ReactNode => (
  <svg className="ap-icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)
