'use client'

import type { Connection } from '@authpipe/core'
import { useDisconnect } from '@authpipe/react'
import { useId, useRef } from 'react'

/** Ends a connection, after asking. */
export function DisconnectButton({ connection, name }: { readonly connection: Connection; readonly name: string }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useId()
  const { mutate: disconnect } = useDisconnect()
  return (
    <>
      <button type="button" className="button quiet" aria-label={`Disconnect ${name}`} onClick={() => dialog.current?.showModal()}>
        Disconnect
      </button>
      <dialog ref={dialog} className="question" aria-labelledby={title}>
        <h2 id={title}>Disconnect {name}?</h2>
        <p className="muted">
          Northwind Desk forgets {connection.account.label ?? 'the account'} and hands its access back. Nothing is deleted at {name}.
        </p>
        <form method="dialog" className="actions">
          <button className="button">Cancel</button>
          <button className="button danger" onClick={() => disconnect({ connectionId: connection.id })}>
            Disconnect
          </button>
        </form>
      </dialog>
    </>
  )
}
