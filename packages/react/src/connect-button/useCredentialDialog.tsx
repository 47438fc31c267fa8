'use client'
import { useState, type ComponentType, type ReactNode } from 'react'
import type { AuthpipeError } from '@authpipe/core'
import { loadingError } from '../client/loadingError.ts'
import type { CredentialDialogProps } from '../credential-dialog/CredentialDialog.tsx'

/** The dialog for keys behind a button. Its code is loaded when it is first opened, so that a page without keys never loads it. */
export function useCredentialDialog(props: CredentialDialogProps): {
  readonly openDialog: () => void
  /** Why its code could not be loaded. */
  readonly dialogError: AuthpipeError | undefined
  readonly dialog: ReactNode
} {
  const [Dialog, setDialog] = useState<ComponentType<CredentialDialogProps>>()
  const [dialogError, setError] = useState<AuthpipeError>()
  const [isOpen, setOpen] = useState(false)
  const openDialog = (): void => {
    setError(undefined)
    import('../credential-dialog/CredentialDialog.tsx').then(
      ({ CredentialDialog }) => {
        setDialog(() => CredentialDialog)
        setOpen(true)
      },
      (cause: unknown) => {
        const error = loadingError(cause)
        setError(error)
        props.onError?.(error)
      },
    )
  }
  return { openDialog, dialogError, dialog: Dialog && <Dialog {...props} open={isOpen} onOpenChange={setOpen} /> }
}
