'use client'
import { useState, type ComponentType, type ReactNode } from 'react'
import { AuthpipeError } from '@authpipe/core'
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
  const load = async (): Promise<void> => {
    setError(undefined)
    try {
      const { CredentialDialog } = await import('../credential-dialog/CredentialDialog.tsx')
      setDialog(() => CredentialDialog)
      setOpen(true)
    } catch (cause) {
      const error = new AuthpipeError('network_error', 'The dialog for keys could not be loaded.', { retryable: true, cause })
      setError(error)
      props.onError?.(error)
    }
  }
  return { openDialog: () => void load(), dialogError, dialog: Dialog && <Dialog {...props} open={isOpen} onOpenChange={setOpen} /> }
}
