import type { ReactNode } from 'react'
import type { AuthpipeProviderProps } from '../packages/react/src/index.ts'

const drawing = (fill: string, path: string): ReactNode => (
  <svg viewBox="0 0 24 24" fill={fill} aria-hidden="true">
    <path d={path} />
  </svg>
)

/** Drawings of our own that stand for the providers' logos, which belong to their owners: an app gives its `AuthpipeProvider` the real ones. */
export const exampleLogos: NonNullable<AuthpipeProviderProps['providers']> = {
  livechat: { logo: drawing('#ff5100', 'M6 4h12a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3h-3.5L9 21v-4H6a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3z') },
  'help-scout': { logo: drawing('#1292ee', 'M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19zm0 5.7a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6z') },
  freshdesk: { logo: drawing('#16a34a', 'M3 6h18v4a2 2 0 0 0 0 4v4H3v-4a2 2 0 0 0 0-4z') },
  freshservice: { logo: drawing('#0d9488', 'M12 2l9 5v10l-9 5-9-5V7zm0 6a4 4 0 1 0 0 8 4 4 0 0 0 0-8z') },
  crisp: { logo: drawing('#4f46e5', 'M4 4h16v16H4zM8 9v2h8V9zm0 4v2h5v-2z') },
}
