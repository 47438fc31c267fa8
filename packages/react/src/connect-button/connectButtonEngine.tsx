// What a button needs after its first paint, loaded then: it follows attempts, keeps the connections true, and brings the note and the dialog.
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

/** What is written below a button, once there is something to say. */
export type NoteModule = Pick<typeof import('./ConnectNote.tsx'), 'ConnectNote' | 'NoteText' | 'noteTone' | 'startFormProps'>

/** What a button shows beside its connection. */
export interface ButtonState extends ConnectState {
  /** Whether there is no network to connect over. */
  readonly offline?: boolean
  /** `null` where it could not be loaded. */
  readonly note?: NoteModule | null | undefined
  readonly dialog?: ReactNode
}

/** A button as its engine knows it. */
export interface MountedButton {
  readonly client: ClientCore
  readonly queryClient: QueryClient
  readonly subject: FlowSubject
  /** The props of its last render. */
  readonly listener: { readonly current: ConnectCallbacks & Pick<ConnectButtonOptions, 'onStatusChange' | 'connectedAction' | 'allowMultiple'> }
  readonly setState: (state: ButtonState) => void
  note?: NoteModule | null
  dialog?: ReactNode
  /** Whether there is something to say in a note: by now, and of the connection alone. */
  isNoteNeeded?: boolean
  needsAttention?: boolean
}

/** Shows a mounted button where its flow stands, and goes on with an attempt from before a reload. Returns the end of it. */
export function attachButton(button: MountedButton): () => void {
  const { client, queryClient, subject, listener } = button
  const flow = connectFlowOf(client, subject)
  const update = (): void => show(button)
  const ends = [flow.subscribe(update), onlineManager.subscribe(update), flow.attach(listener), followConnections(client, queryClient), followConnection(button)]
  update()
  return () => ends.forEach((end) => end())
}

function show(button: MountedButton): void {
  const { client, subject, setState, note, dialog, needsAttention = false } = button
  const state = connectFlowOf(client, subject).getState()
  const offline = !onlineManager.isOnline() || !navigator.onLine
  const wasNeeded = button.isNoteNeeded
  button.isNoteNeeded = offline || needsAttention || state.phase !== 'idle' || !!state.error
  if (button.isNoteNeeded && !wasNeeded && !note) void loadNote(button)
  // The state of the flow itself where there is nothing else, so that a button that nobody has touched is not rendered again.
  setState(offline || note !== undefined || dialog ? { ...state, offline, note, dialog } : state)
}

/** Loads the note. Nobody who connects nothing pays for it. */
async function loadNote(button: MountedButton): Promise<void> {
  button.note = await import('./ConnectNote.tsx').catch(() => null)
  show(button)
}

/** Tells a button of each status after the first that the server has said, and whether it says something that needs a note. */
function followConnection(button: MountedButton): () => void {
  const { client, queryClient, subject, listener } = button
  // It reads what the button has asked for, and asks for nothing itself.
  const observer = new QueryObserver(queryClient, { ...connectionQuery(client, { ...subject, kind: subject.kind ?? 'user' }), enabled: false })
  let previous: ConnectionStatusOrAbsent | undefined
  const hear = ({ data, isSuccess, error }: Pick<ReturnType<typeof observer.getCurrentResult>, 'data' | 'isSuccess' | 'error'>): void => {
    const status = data?.status ?? 'absent'
    button.needsAttention = !!error || status === 'needs_reauth' || status === 'failed'
    if (!isSuccess) return
    const before = previous
    previous = status
    if (before !== undefined && before !== status) listener.current.onStatusChange?.(status, before)
  }
  hear(observer.getCurrentResult())
  return observer.subscribe((result) => {
    hear(result)
    show(button)
  })
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
export async function openDialog(button: MountedButton, props: CredentialDialogProps): Promise<void> {
  const { listener } = button
  const { CredentialDialog } = await import('../credential-dialog/CredentialDialog.tsx')
  showBelow(
    button,
    <CredentialDialog
      {...props}
      onSuccess={(...told) => listener.current.onSuccess?.(...told)}
      onError={(error) => listener.current.onError?.(error)}
      onCancel={(info) => listener.current.onCancel?.(info)}
      onOpenChange={() => showBelow(button, null)}
    />,
  )
}

function showBelow(button: MountedButton, dialog: ReactNode): void {
  button.dialog = dialog
  show(button)
}

/** Connects; `kept` is the connection that is mended, the one in use unless it is said, and `null` to have another beside it. */
export type Connect = (kept?: Connection | null, another?: boolean) => void

/** What a click does once connected: it disconnects at once, or shows what can be done, whose code is loaded only then, or hides it again. */
export async function manageConnection(button: MountedButton, connection: Connection | null, connect: Connect): Promise<void> {
  const { connectedAction, allowMultiple } = button.listener.current
  if (connectedAction === 'disconnect') return disconnectConnection(button, connection)
  const close = (): void => showBelow(button, null)
  if (button.dialog || !connection) return close()
  const { ConnectedMenu } = await import('./ConnectedMenu.tsx')
  showBelow(button, <ConnectedMenu connection={connection} connect={connect} allowMultiple={allowMultiple} onClose={close} />)
}

/** Disconnects a connection as `useDisconnect` does. If it fails, the connection is still shown, which says so. */
export function disconnectConnection({ client, queryClient }: MountedButton, connection: Connection | null): void {
  if (!connection) return
  const mutation = queryClient.getMutationCache().build(queryClient, disconnectMutationOptions(client, queryClient))
  mutation.execute({ connectionId: connection.id }).catch(() => {})
}
