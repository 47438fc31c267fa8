'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'

const pages = [
  { href: '/conversations', title: 'Conversations', path: 'M4 5h16v11H9l-5 4z' },
  { href: '/integrations', title: 'Integrations', path: 'M9 3v5M15 3v5M6 8h12v4a6 6 0 0 1-12 0zM12 18v3' },
  { href: '/operations', title: 'Operations', path: 'M3 20h18M6 16v-4M11 16V5M16 16v-7' },
]

/** Links to the desk's pages; the present one is marked. */
export function Navigation() {
  const pathname = usePathname()
  return (
    <nav aria-label="Main">
      {pages.map(({ href, title, path }) => (
        <Link key={href} href={href} aria-current={pathname === href ? 'page' : pathname.startsWith(`${href}/`) || undefined}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d={path} />
          </svg>
          {title}
        </Link>
      ))}
    </nav>
  )
}
