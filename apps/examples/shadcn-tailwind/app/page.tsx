import { openSession } from '@/lib/session'
import { Button } from './Button'
import { Integrations } from './Integrations'
import { signIn } from './signIn'

export default async function Page() {
  const { userId } = await openSession()
  if (userId !== undefined) return <Integrations />
  return (
    <form action={signIn} className="flex justify-center gap-3 p-8">
      <Button name="user" value="ada">
        Ada
      </Button>
      <Button name="user" value="sam">
        Sam
      </Button>
    </form>
  )
}
