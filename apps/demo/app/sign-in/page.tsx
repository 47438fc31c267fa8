import type { Metadata } from 'next'
import { people } from '../../people.ts'
import { Avatar } from '../Avatar.tsx'
import { Mark } from '../Mark.tsx'
import { signIn } from './signIn.ts'

export const metadata: Metadata = { title: 'Sign in' }

export default function SignInPage() {
  const tenants = Map.groupBy(people, ({ tenantName }) => tenantName)
  return (
    <main className="sign-in">
      <Mark />
      <h1>Sign in to Northwind Desk</h1>
      <p className="muted">A demo: choose who you are, no password needed.</p>
      <form action={signIn}>
        {[...tenants].map(([tenantName, members]) => (
          <section key={tenantName} aria-labelledby={members[0]?.tenantId}>
            <h2 id={members[0]?.tenantId}>{tenantName}</h2>
            <ul className="card rows">
              {members.map(({ userId, name, role }) => (
                <li key={userId}>
                  <button className="person" name="userId" value={userId}>
                    <Avatar name={name} />
                    <span>
                      <strong>{name}</strong>
                      <span className="muted">{role}</span>
                    </span>
                    <span className="chevron" aria-hidden="true" />
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </form>
    </main>
  )
}
