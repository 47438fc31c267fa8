'use client'

import { authpipeKeys } from '@authpipe/react/queries'
import { useQueryClient } from '@tanstack/react-query'
import { useActionState, useEffect } from 'react'
import { controlSandbox } from './controlSandbox.ts'

/** Plays LiveChat's part: what happens there shows here. */
export function SandboxControls({ sandboxUrl }: { readonly sandboxUrl: string }) {
  const [outcome, action, pending] = useActionState(controlSandbox, undefined)
  const queryClient = useQueryClient()
  useEffect(() => {
    if (outcome) void queryClient.invalidateQueries({ queryKey: authpipeKeys.all })
  }, [outcome, queryClient])

  return (
    <section className="sandbox" aria-labelledby="sandbox-title">
      <h2 id="sandbox-title">Sandbox controls</h2>
      <p className="muted">
        Only in this demo: every provider is a stand-in on your machine. The keys to paste stand on{' '}
        <a href={sandboxUrl} target="_blank" rel="noreferrer">
          the sandbox’s own page
        </a>
        . Make things happen at LiveChat, and see how the connection takes them.
      </p>
      <form action={action} aria-busy={pending}>
        <button className="button" name="step" value="expire-access-tokens">
          Let the access token expire
        </button>
        <button className="button" name="step" value="expire-refresh-tokens">
          End the sign-in
        </button>
        <button className="button" name="step" value="revoke-grants">
          Revoke as the LiveChat user
        </button>
      </form>
      <form action={action} aria-busy={pending}>
        <label htmlFor="coop">LiveChat’s pages cut the link to their opener (COOP)</label>
        <select id="coop" name="coop" defaultValue="">
          <option value="">no</option>
          <option value="same-origin">same-origin</option>
          <option value="same-origin-allow-popups">same-origin-allow-popups</option>
        </select>
        <button className="button" name="step" value="settings">
          Apply
        </button>
      </form>
      <p role="status">{outcome?.sentence}</p>
    </section>
  )
}
