'use server'

import { authpipe } from '../../../authpipe.ts'
import { listChats } from '../../../listChats.ts'
import { sandboxUrl } from '../../../sandboxUrl.ts'
import { requirePerson } from '../../../signedIn.ts'

/** What a sandbox control did, in words. */
export interface ControlOutcome {
  readonly sentence: string
}

const steps = ['expire-access-tokens', 'expire-refresh-tokens', 'revoke-grants', 'settings'] as const
type Step = (typeof steps)[number]

/** Tells the sandbox what happens at LiveChat, then uses the connection once, as the app's next request would. */
export async function controlSandbox(_previous: ControlOutcome | undefined, form: FormData): Promise<ControlOutcome> {
  const person = await requirePerson()
  const step = steps.find((known) => known === form.get('step'))
  if (!step) return { sentence: 'The sandbox knows no such step.' }

  if (step === 'settings') {
    await tellSandbox(step, { coop: form.get('coop') || null })
    return { sentence: 'LiveChat’s pages answer that way from now on.' }
  }

  const [connection] = await authpipe.listConnections({ tenantId: person.tenantId, userId: person.userId, provider: 'livechat' })
  if (!connection) return { sentence: 'Connect LiveChat first, then there is something to end.' }
  // Authpipe knows a LiveChat account by its organization and the account in it; the sandbox by the latter.
  const accountId = connection.account.id.split(':').at(-1)
  // An access token that is still good would hide that the sign-in has ended.
  if (step === 'expire-refresh-tokens') await tellSandbox('expire-access-tokens', { accountId })
  await tellSandbox(step, { accountId })
  const { state } = await listChats(person)
  return { sentence: `${happened[step]} ${seen[state]}` }
}

async function tellSandbox(step: Step, body: Readonly<Record<string, unknown>>): Promise<void> {
  const response = await fetch(`${sandboxUrl}/control/livechat/${step}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    cache: 'no-store',
  })
  if (!response.ok) throw new Error(`The sandbox answered ${response.status}.`)
}

const happened: Readonly<Record<Exclude<Step, 'settings'>, string>> = {
  'expire-access-tokens': 'The access token has ended.',
  'expire-refresh-tokens': 'The sign-in at LiveChat has ended.',
  'revoke-grants': 'The LiveChat user has taken the access back.',
}
const seen = {
  listed: 'Authpipe fetched a new one, and the chats are still here.',
  needs_reauth: 'The connection now asks to be mended.',
  refused: 'LiveChat refuses a new token, but not in words that tell this account from the whole app: Authpipe decides once another account refreshes.',
  absent: 'Nothing is connected any more.',
  unavailable: 'LiveChat does not answer.',
}
