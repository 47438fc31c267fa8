'use client'
import { forwardRef, type ForwardedRef, type ReactNode, type RefAttributes } from 'react'
import type { ProviderId } from '@authpipe/core'
import type { ConnectCallbacks } from '../client/connectFlow.ts'
import { ConnectButton, type ConnectButtonProps } from '../connect-button/ConnectButton.tsx'
import { InstallMessages } from './InstallMessages.tsx'

export interface InstallButtonProps<P extends ProviderId = ProviderId> extends Omit<ConnectButtonProps<P>, 'kind' | 'authMethod' | 'onSuccess'> {
  /** Called once per attempt with the installation, as `onSuccess` of a `ConnectButton`. */
  readonly onInstall?: ConnectCallbacks['onSuccess']
}

export type InstallButtonComponent = <P extends ProviderId>(props: InstallButtonProps<P> & RefAttributes<HTMLButtonElement>) => ReactNode

/**
 * Installs our app in a provider's workspace, in a window of its own, and shows the installation there is. A person's own
 * connection of the provider is another matter, with a `ConnectButton` of its own.
 *
 * @example
 * <InstallButton provider="crisp" onInstall={(inst) => console.log('Installed!', inst)} />
 */
export const InstallButton: InstallButtonComponent = forwardRef(function InstallButton({ onInstall, ...props }: InstallButtonProps, ref: ForwardedRef<HTMLButtonElement>) {
  return (
    <InstallMessages>
      <ConnectButton {...props} ref={ref} kind="installation" onSuccess={onInstall} />
    </InstallMessages>
  )
})
