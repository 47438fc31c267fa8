'use client'
import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import type { AuthpipeError, Connection } from '@authpipe/core'
import type { AppearanceProps } from '../appearance/appearance.ts'
import { useLook } from '../appearance/useLook.ts'
import { fillIn } from '../messages.ts'
import { ModalDialog } from '../modal-dialog/ModalDialog.tsx'
import { ProviderLogo } from '../provider-logo/ProviderLogo.tsx'
import { useAuthpipe } from '../useAuthpipe.ts'
import { useDisconnect } from '../useDisconnect.ts'
import { useMessages } from '../useMessages.ts'
import { useProviderName } from '../useProviderName.ts'
import { disconnectTexts } from './disconnectTexts.ts'

export interface DisconnectDialogProps extends AppearanceProps<unknown> {
  readonly connection: Connection
  /** Whether it is open, where you control it; close it when `onOpenChange` says so. */
  readonly open?: boolean | undefined
  /**
   * Whether it begins open, where you do not control it.
   * @defaultValue `true`
   */
  readonly defaultOpen?: boolean | undefined
  /** Called when the user closes it, and after a success. */
  readonly onOpenChange?: ((open: boolean) => void) | undefined
  /** Called when the user has confirmed, before the server has answered. */
  readonly onConfirm?: (() => void) | undefined
  /** Called when the connection is gone. */
  readonly onDisconnect?: ((connection: Connection) => void) | undefined
  /** Called when the server refuses; the dialog stays open and says so. */
  readonly onError?: ((error: AuthpipeError) => void) | undefined
}

/** The dialog of `DisconnectDialog`, loaded when it is first opened. */
export function DisconnectDialog(props: DisconnectDialogProps): ReactNode {
  const { connection, open, defaultOpen = true, onOpenChange, onConfirm, onDisconnect, onError, className, style, ...looks } = props
  const { app } = useAuthpipe()
  const { element, variables } = useLook(looks, undefined)
  const messages = useMessages()
  const texts = { ...disconnectTexts, ...messages.disconnectDialog }
  const id = useId()
  const [ownOpen, setOwnOpen] = useState(defaultOpen)
  const isOpen = open ?? ownOpen
  const { mutate, isPending, error, reset } = useDisconnect()
  // What does no harm has the focus first.
  const cancel = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (isOpen) cancel.current?.focus()
  }, [isOpen])

  const provider = useProviderName(connection.provider)
  const write = (text: string): string =>
    fillIn(text, { provider, app: app?.name ?? texts.thisApp, account: connection.account.label ?? connection.account.id })
  const close = (): void => {
    setOwnOpen(false)
    onOpenChange?.(false)
    reset()
  }
  const confirm = (): void => {
    if (isPending) return
    onConfirm?.()
    mutate(
      { connectionId: connection.id },
      {
        onSuccess() {
          close()
          onDisconnect?.(connection)
        },
        onError: (refusal) => onError?.(refusal),
      },
    )
  }

  return (
    <ModalDialog
      role="alertdialog"
      open={isOpen}
      onClose={close}
      aria-labelledby={`${id}title`}
      aria-describedby={`${id}text`}
      {...element('dialog', 'ap-dialog', variables, className, style)}
    >
      <ProviderLogo provider={connection.provider} name={provider} />
      <h2 {...element('dialogTitle', '')} id={`${id}title`}>
        {write(texts.title)}
      </h2>
      <p id={`${id}text`}>{write(texts.consequence)}</p>
      <p role="alert" className="ap-problem">
        {error && write(texts.failed)}
      </p>
      <div className="ap-footer">
        <button ref={cancel} type="button" className="ap-button" onClick={close}>
          {messages.cancel}
        </button>
        <button
          type="button"
          className="ap-button"
          data-variant="danger"
          aria-busy={isPending}
          aria-disabled={isPending}
          data-labels={[texts.confirm, texts.pending].join('\n')}
          onClick={confirm}
        >
          {isPending ? texts.pending : texts.confirm}
        </button>
      </div>
    </ModalDialog>
  )
}
