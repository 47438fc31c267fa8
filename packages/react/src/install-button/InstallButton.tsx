'use client'
import { forwardRef } from 'react'
import { AuthpipeContext } from '../AuthpipeContext.ts'
import type { ConnectCallbacks } from '../client/connectFlow.ts'
import { ConnectButton, type ConnectButtonProps } from '../connect-button/ConnectButton.tsx'
import type { ProviderId } from '../providerId.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { installTexts } from './installTexts.ts'

export interface InstallButtonProps<P extends ProviderId = ProviderId> extends Omit<ConnectButtonProps<P>, 'kind' | 'authMethod' | 'onSuccess'> {
  /** Called once per attempt with the installation, as `onSuccess` of a `ConnectButton`. */
  readonly onInstall?: ConnectCallbacks['onSuccess']
}

/**
 * Installs our app in a provider's workspace, in a window of its own, and shows the installation there is. A person's own
 * connection of the provider is another matter, with a `ConnectButton` of its own.
 *
 * @example
 * <InstallButton provider="crisp" onInstall={(inst) => console.log('Installed!', inst)} />
 */
export const InstallButton = forwardRef<HTMLButtonElement, InstallButtonProps>(function InstallButton({ onInstall, ...props }, ref) {
  const authpipe = useAuthpipe()
  const { messages } = authpipe
  const own = messages.installButton
  const texts = {
    ...messages,
    ...installTexts,
    ...own,
    errors: { ...messages.errors, ...installTexts.errors, ...own?.errors },
    reasons: { ...messages.reasons, ...installTexts.reasons, ...own?.reasons },
  }
  return (
    <AuthpipeContext.Provider value={{ ...authpipe, messages: texts }}>
      <ConnectButton {...props} ref={ref} kind="installation" onSuccess={onInstall} />
    </AuthpipeContext.Provider>
  )
})
