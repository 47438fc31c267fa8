// The page of a customer's app, as small as it can be. What it does is chosen by its address; what it is told, it lists.
import { AuthpipeProvider, ConnectButton, useConnectionEffect, type ConnectVariables } from '@authpipe/react'
import { StrictMode, useState, useSyncExternalStore, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'

const asked = new URLSearchParams(location.search)
const heard: string[] = []
const observers = new Set<() => void>()
let snapshot: readonly string[] = []

function hear(what: string): void {
  heard.push(what)
  snapshot = [...heard]
  for (const observe of observers) observe()
}

/** What the page was told, in order. */
function Heard(): ReactNode {
  const told = useSyncExternalStore(
    (observe) => {
      observers.add(observe)
      return () => observers.delete(observe)
    },
    () => snapshot,
  )
  return (
    <ol aria-label="Heard">
      {told.map((what, index) => (
        <li key={index}>{what}</li>
      ))}
    </ol>
  )
}

function Effects(): null {
  useConnectionEffect({
    onConnect: ({ provider }) => hear(`effect: ${provider} connected`),
    onReconnect: ({ provider }) => hear(`effect: ${provider} reconnected`),
    onNeedsReauth: ({ provider }) => hear(`effect: ${provider} needs reauth`),
  })
  return null
}

const isMode = (value: string | null): value is NonNullable<ConnectVariables['mode']> => value === 'popup' || value === 'redirect' || value === 'auto'
const isPath = (value: string | null): value is `/${string}` => value?.startsWith('/') ?? false

function Button({ name }: { readonly name: string }): ReactNode {
  const mode = asked.get('mode')
  const returnTo = asked.get('returnTo')
  return (
    <section aria-label={name}>
      <ConnectButton
        provider="plain"
        mode={isMode(mode) ? mode : undefined}
        returnTo={isPath(returnTo) ? returnTo : undefined}
        connectedAction="reconnect"
        onSuccess={(connection, { reconnected }) => hear(`${name}: ${reconnected ? 'reconnected' : 'connected'} ${connection.account.label}`)}
        onCancel={({ reason }) => hear(`${name}: cancelled, ${reason}`)}
        onError={({ code }) => hear(`${name}: failed, ${code}`)}
      />
    </section>
  )
}

function HostPage(): ReactNode {
  const [shown, setShown] = useState(asked.get('button') !== 'none')
  return (
    <AuthpipeProvider onEvent={({ event }) => hear(`event: ${event}`)}>
      <h1>Northwind</h1>
      {shown && <Button name="first" />}
      {asked.has('two') && <Button name="second" />}
      <button type="button" onClick={() => setShown(!shown)}>
        {shown ? 'Take the button away' : 'Bring the button back'}
      </button>
      <Effects />
      <Heard />
    </AuthpipeProvider>
  )
}

const root = document.querySelector('#root')
if (root) createRoot(root).render(asked.has('strict') ? <StrictMode>{<HostPage />}</StrictMode> : <HostPage />)
