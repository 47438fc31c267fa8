import type { ReactNode } from 'react'
import { authpipe } from '../../authpipe.ts'
import { requirePerson } from '../../signedIn.ts'
import { Avatar } from '../Avatar.tsx'
import { Mark } from '../Mark.tsx'
import { Navigation } from './Navigation.tsx'
import { Providers } from './Providers.tsx'
import { signOut } from './signOut.ts'

export default async function DeskLayout({ children }: { readonly children: ReactNode }) {
  const { tenantId, tenantName, userId, name } = await requirePerson()
  return (
    <Providers initialConnections={await authpipe.listConnections({ tenantId, userId })}>
      <div className="desk">
        <a className="skip" href="#content">
          Skip to content
        </a>
        <header className="side">
          <p className="brand">
            <Mark />
            Northwind Desk
          </p>
          <Navigation />
          <form className="account" action={signOut}>
            <Avatar name={name} />
            <p>
              <strong>{name}</strong>
              <span className="muted">{tenantName}</span>
            </p>
            <button className="button quiet">Sign out</button>
          </form>
        </header>
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </div>
    </Providers>
  )
}
