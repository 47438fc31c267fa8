// What a button needs after its first paint, loaded then: it follows attempts, keeps the connections true, and opens the dialog for keys.
import type { ReactNode } from 'react'
import { onlineManager, QueryObserver, type QueryClient } from '@tanstack/react-query'
import type { Connection } from '@authpipe/core'
import { connectFlowOf, type ConnectCallbacks, type ConnectState } from '../client/connectFlow.ts'
import type { ClientCore } from '../client/createClientCore.ts'
import type { Attempt, FlowSubject } from '../client/openAttempt.ts'
import { connectMutationOptions } from '../connectMutationOptions.ts'
import { connectionQuery } from '../connectionQuery.ts'
import type { CredentialDialogProps } from '../credential-dialog/CredentialDialog.tsx'
import { disconnectMutationOptions } from '../disconnectMutationOptions.ts'
import { followConnections } from '../followConnections.ts'
import type { ConnectionStatusOrAbsent } from '../useConnection.ts'
import type { ConnectButtonOptions } from './useConnectButton.ts'

/** A button as its engine knows it. */
export interface MountedButton {
  readonly client: ClientCore
  readonly queryClient: QueryClient
  readonly subject: FlowSubject
  /** The props of its last render. */
  readonly listener: { readonly current: ConnectCallbacks & Pick<ConnectButtonOptions, 'onStatusChange'> }
  readonly setState: (state: ButtonState) => void
}

/** Where the flow of a button stands, and whether there is no network to connect over. */
export interface ButtonState extends ConnectState {
  readonly offline?: true
}

/** Shows a mounted button where its flow stands, and goes on with an attempt from before a reload. Returns the end of it. */
export function attachButton(button: MountedButton): () => void {
  const { client, queryClient, subject, listener, setState } = button
  const flow = connectFlowOf(client, subject)
  const show = (): void => setState(withNetwork(flow.getState()))
  const ends = [flow.subscribe(show), onlineManager.subscribe(show), flow.attach(listener), followConnections(client, queryClient), followStatus(button)]
  show()
  return () => ends.forEach((end) => end())
}

const withNetwork = (state: ConnectState): ButtonState => (onlineManager.isOnline() && navigator.onLine ? state : { ...state, offline: true })

/** Tells a button of each status after the first that the server has said. */
function followStatus({ client, queryClient, subject, listener }: MountedButton): () => void {
  // It reads what the button has asked for, and asks for nothing itself.
  const observer = new QueryObserver(queryClient, { ...connectionQuery(client, { ...subject, kind: subject.kind ?? 'user' }), enabled: false })
  let previous: ConnectionStatusOrAbsent | undefined
  const hear = ({ data, isSuccess }: { readonly data: Connection | null | undefined; readonly isSuccess: boolean }): void => {
    if (!isSuccess) return
    const status = data?.status ?? 'absent'
    const before = previous
    previous = status
    if (before !== undefined && before !== status) listener.current.onStatusChange?.(status, before)
  }
  hear(observer.getCurrentResult())
  return observer.subscribe(hear)
}

/** Follows an attempt that a click has opened, and lets it be seen as the mutation that `useConnect` makes of it. */
export function followClick({ client, queryClient, subject, listener }: MountedButton, attempt: Attempt): void {
  const flow = connectFlowOf(client, subject)
  flow.follow(attempt, listener)
  const mutation = queryClient.getMutationCache().build(queryClient, connectMutationOptions(subject.provider, flow))
  // How it ends is told by the state and the callbacks.
  mutation.execute(attempt.variables).catch(() => {})
}

/** Gives up the attempt that is under way. */
export const cancelAttempt = ({ client, subject }: MountedButton): void => connectFlowOf(client, subject).cancel()

/** Opens the dialog for keys, whose code is loaded only then. What it tells goes to the callbacks of the button's last render. */
export async function openDialog({ client, subject, listener, setState }: MountedButton, props: CredentialDialogProps, setDialog: (dialog: ReactNode) => void): Promise<void> {
  const { CredentialDialog } = await import('../credential-dialog/CredentialDialog.tsx')
  // Takes away what was said where it could not be loaded before.
  setState(withNetwork(connectFlowOf(client, subject).getState()))
  setDialog(
    <CredentialDialog
      {...props}
      onSuccess={(...told) => listener.current.onSuccess?.(...told)}
      onError={(error) => listener.current.onError?.(error)}
      onCancel={(info) => listener.current.onCancel?.(info)}
      onOpenChange={() => setDialog(null)}
    />,
  )
}

/** Disconnects a connection as `useDisconnect` does. If it fails, the connection is still shown, which says so. */
export function disconnectConnection({ client, queryClient }: MountedButton, connectionId: string): void {
  const mutation = queryClient.getMutationCache().build(queryClient, disconnectMutationOptions(client, queryClient))
  mutation.execute({ connectionId }).catch(() => {})
}
