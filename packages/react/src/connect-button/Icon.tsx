import type { ReactNode } from 'react'

const paths = {
  active: 'm3.5 8.5 3 3 6-7',
  needs_reauth: 'M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.7v.1',
  failed: 'm4 4 8 8m0-8-8 8',
  blocked: 'M2 3h12v10H2zm0 3h12',
}

/** A line drawing in the colour of the text: a tick, a triangle, a cross, a window. Decorative, since words stand beside it. */
export const Icon = ({ name }: { readonly name: keyof typeof paths }): ReactNode => (
  <svg className="ap-icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)
