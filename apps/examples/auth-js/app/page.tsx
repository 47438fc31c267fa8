import { ConnectButton } from '@authpipe/react'
import { readUser } from '@/lib/session'
import { signIn, signOut } from './signIn'

export default async function Page() {
  const user = await readUser()
  if (!user) {
    return (
      <form action={signIn}>
        <label>
          E-mail <input name="email" type="email" defaultValue="ada@acme.example" required />
        </label>
        <label>
          Password <input name="password" type="password" required />
        </label>
        <button>Sign in</button>
      </form>
    )
  }
  return (
    <main>
      <form action={signOut}>
        {user.email} <button>Sign out</button>
      </form>
      <ConnectButton provider="livechat" connectedAction="menu" />
      <form action="/api/chats">
        <button>Show chats</button>
      </form>
    </main>
  )
}
