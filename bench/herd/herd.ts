// Two hundred readers in four processes, when a token is over, at a provider that ends a grant on reuse of a refresh token.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sandboxClient, startSandbox, type Sandbox } from '@authpipe/sandbox'
import type { HerdSetup, HerdSide } from './HerdSide.ts'
import type { HerdOrder, HerdReport } from './reader.ts'

const processes = 4
const readersEach = 50

/** What became of a herd. */
export interface HerdOutcome {
  readonly name: string
  readonly tokenRequests: number
  /** Of the two hundred. */
  readonly served: number
  /** Whether the credential can still be had a second later. */
  readonly survives: boolean
  /** Milliseconds until the last reader had its answer. */
  readonly lastMs: number
}

/** Sends the herd at one side, from a grant that is new to a token that is over. */
export async function runHerd(side: HerdSide, directory: string): Promise<HerdOutcome> {
  const sandbox = await startSandbox({})
  try {
    sandbox.plain.set({ expiresInSeconds: 3_600, signedInAs: 'user-ines' })
    const setup: HerdSetup = { path: join(directory, `herd-${side.name}.db`), sandboxUrl: sandbox.url, tokens: await grantTokens(sandbox) }
    const state = await side.prepare(setup)
    const children = Array.from({ length: processes }, () => fork(join(import.meta.dirname, 'reader.ts'), { serialization: 'advanced' }))
    const tell = (child: ChildProcess, order: HerdOrder): Promise<HerdReport> => {
      const answer = once(child, 'message')
      child.send(order)
      return answer.then(([report]) => report as HerdReport) // the child is ours
    }
    await Promise.all(children.map((child) => tell(child, { open: side.name, setup, state })))

    const before = sandbox.plain.tokenRequests()
    const reports = await Promise.all(children.map((child) => tell(child, { read: readersEach })))
    const tokenRequests = sandbox.plain.tokenRequests() - before
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const again = await tell(children[0] as ChildProcess, { read: 1 })
    for (const child of children) child.disconnect()
    return {
      name: side.name,
      tokenRequests,
      served: reports.reduce((sum, { working }) => sum + working, 0),
      survives: again.working === 1,
      lastMs: Math.max(...reports.map(({ lastMs }) => lastMs)),
    }
  } finally {
    await sandbox.close()
  }
}

/** Goes through the provider's flow as somebody who approved before. */
async function grantTokens(sandbox: Sandbox): Promise<HerdSetup['tokens']> {
  const { clientId, clientSecret } = sandboxClient('plain')
  const redirectUri = 'http://localhost:3000/callback'
  const ask = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirectUri })
  const { headers } = await fetch(`${sandbox.url}/plain/authorize?${ask.toString()}`, { redirect: 'manual' })
  const code = new URL(headers.get('location') ?? redirectUri).searchParams.get('code')
  if (code === null) throw new Error('The sandbox gave no code.')
  const answer = await fetch(`${sandbox.url}/plain/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
  })
  const { access_token: accessToken, refresh_token: refreshToken } = (await answer.json()) as { access_token: string; refresh_token: string } // the sandbox is ours
  return { accessToken, refreshToken }
}
