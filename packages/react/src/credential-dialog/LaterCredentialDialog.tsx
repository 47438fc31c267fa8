'use client'
import type { ReactNode } from 'react'
import type { ProviderId } from '@authpipe/core'
import { openLater } from '../modal-dialog/openLater.tsx'
import type { CredentialDialogProps } from './CredentialDialog.tsx'

/**
 * Asks for what a provider's key is made of, and stores the key once the provider has accepted it. It reads the providers when it
 * opens, works without an `AuthpipeProvider` too, and works in client components only. Its code is loaded when it is first opened.
 *
 * `onSuccess` is called once, also where the user closed the dialog before the server had answered.
 *
 * @security What the user types stays in the browser's own inputs until it is sent: in no state, no cache and no callback.
 *
 * @example
 * {adding && <CredentialDialog provider="freshdesk" onOpenChange={setAdding} onSuccess={(conn) => console.log('Connected!', conn)} />}
 */
export const CredentialDialog: <P extends ProviderId>(props: CredentialDialogProps<P>) => ReactNode = openLater<CredentialDialogProps>(async () => ({ default: (await import('./CredentialDialog.tsx')).CredentialDialog }))
