'use client'

import { useDisconnect } from '@authpipe/react'
import type { Connection } from '@authpipe/core'
import { useId, useRef } from 'react'

/** Ends a connection, after asking. */
export function DisconnectButton({ connection }: { readonly connection: Connection }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useId()
  const { mutate: disconnect } = useDisconnect()
  return (
    <>
      <button type="button" className="button quiet" onClick={() => dialog.current?.showModal()}>
        Disconnect
      </button>
      <dialog ref={dialog} aria-labelledby={title}>
        <h2 id={title}>Disconnect LiveChat?</h2>
        <p className="muted">
          Northwind Desk forgets {connection.account.label ?? 'the account'} and gives its access back to LiveChat. Your chats stay in LiveChat.
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
