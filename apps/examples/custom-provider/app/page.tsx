import { authpipe } from '@/lib/authpipe'
import { openSession } from '@/lib/session'
import { AuthpipeProvider, ConnectButton } from '@authpipe/react'
import { signIn } from './signIn'

export default async function Page() {
  const { userId } = await openSession()
  if (userId === undefined) {
    return (
      <form action={signIn}>
        <button name="user" value="ada">
          Ada
        </button>
        <button name="user" value="sam">
          Sam
        </button>
      </form>
    )
  }
  return (
    <main>
      <p>{userId}</p>
      {/* The button knows the name before it asks the server, and so never shows "Acme" first. */}
      <AuthpipeProvider initialProviders={await authpipe.listProviders()}>
        <ConnectButton provider="acme" />
      </AuthpipeProvider>
      <form action="/api/tickets">
        <button>Show tickets</button>
      </form>
    </main>
  )
}
