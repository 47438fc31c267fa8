'use client'
import { useId, useState, type ReactNode } from 'react'
import type { AuthSummary } from '@authpipe/core'
import type { ConnectCallbacks } from '../client/connectFlow.ts'
import { errorText, fill } from '../messages.ts'
import type { ProviderId } from '../providerId.ts'
import { ProviderLogo } from '../provider-logo/ProviderLogo.tsx'
import { providerName } from '../providerName.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { useConnection } from '../useConnection.ts'
import { useMessages } from '../useMessages.ts'
import { useProviders } from '../useProviders.ts'
import { CredentialForm } from './CredentialForm.tsx'
import { englishCredentialMessages } from './credentialMessages.ts'
import { settingsOf } from './formInputs.ts'
import { ModalDialog } from './ModalDialog.tsx'
import { WayChoice } from './WayChoice.tsx'

export interface CredentialDialogProps<P extends ProviderId = ProviderId> extends ConnectCallbacks {
  readonly provider: P
  /** Replaces the key of this connection, which keeps its id and settings. */
  readonly connectionId?: string | undefined
  /** Settings such as a subdomain to begin with. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  /** Whether it is open, where you control it; close it when `onOpenChange` says so. */
  readonly open?: boolean | undefined
  /**
   * Whether it begins open, where you do not control it.
   * @defaultValue `true`
   */
  readonly defaultOpen?: boolean | undefined
  /** Called when the user closes it, and after a success. */
  readonly onOpenChange?: ((open: boolean) => void) | undefined
  /**
   * The way to connect, where the provider has several.
   * @defaultValue its key; where `onSignIn` is given too, the user chooses
   */
  readonly authMethod?: 'oauth2' | 'api_key' | undefined
  /** Signs in at the provider with these settings. It is called in the user's click, so that it can open a window. */
  readonly onSignIn?: ((settings: Readonly<Record<string, string>>) => void) | undefined
}

/**
 * Asks for what a provider's key is made of, and stores the key once the provider has accepted it. It reads the providers when it
 * opens, works without an `AuthpipeProvider` too, and works in client components only.
 *
 * `onSuccess` is called once, also where the user closed the dialog before the server had answered.
 *
 * @security What the user types stays in the browser's own inputs until it is sent: in no state, no cache and no callback.
 *
 * @example
 * {adding && <CredentialDialog provider="freshdesk" onOpenChange={setAdding} onSuccess={(conn) => console.log('Connected!', conn)} />}
 */
export function CredentialDialog({ open, defaultOpen = true, onOpenChange, ...props }: CredentialDialogProps): ReactNode {
  const [ownOpen, setOwnOpen] = useState(defaultOpen)
  const close = (): void => {
    setOwnOpen(false)
    onOpenChange?.(false)
  }
  return (open ?? ownOpen) && <OpenDialog {...props} close={close} />
}

interface OpenDialogProps extends Omit<CredentialDialogProps, 'open' | 'defaultOpen' | 'onOpenChange'> {
  readonly close: () => void
}

function OpenDialog({ provider, connectionId, settings = {}, authMethod, onSignIn, onSuccess, onError, onCancel, close }: OpenDialogProps): ReactNode {
  const { providers } = useAuthpipe()
  const messages = useMessages()
  const own = messages.credentialDialog
  const texts = { ...englishCredentialMessages, ...own, errors: { ...englishCredentialMessages.errors, ...own?.errors } }
  const titleId = useId()
  const { data, error, isPending, refetch } = useProviders()
  const { data: connection } = useConnection({ connectionId, provider }, { query: { enabled: connectionId !== undefined } })
  const [chosen, setChosen] = useState<AuthSummary['kind']>()
  const [isDirty, setDirty] = useState(false)

  const summary = data?.find(({ id }) => id === provider)
  const name = providers[provider]?.name ?? summary?.name ?? providerName(provider)
  const wanted = connectionId ? 'api_key' : authMethod
  const ways = summary?.auth.filter(({ kind }) => (wanted ? kind === wanted : kind === 'api_key' || (kind === 'oauth2' && onSignIn))) ?? []
  const way = ways.length === 1 ? ways[0] : ways.find(({ kind }) => kind === chosen)

  const cancel = (): void => {
    close()
    onCancel?.({ reason: 'user' })
  }
  const signIn = (typed: Readonly<Record<string, string>>): void => {
    // The window first: it needs the click.
    onSignIn?.(typed)
    close()
  }
  const choose = (kind: AuthSummary['kind']): void => {
    if (kind === 'oauth2' && summary && settingsOf(summary.settings, kind).every(({ id }) => settings[id])) signIn(settings)
    else setChosen(kind)
  }

  // Once the providers are known, none that is asked for here means a mistake in the page.
  const failure = !data && error ? errorText(messages, error) : data && ways.length === 0 ? messages.errors.other : undefined
  const account = connection?.account.label ?? texts.thisAccount
  const intro = connectionId ? texts.update.replaceAll('{account}', account) : way?.kind === 'oauth2' ? texts.beforeSignIn : texts.enter

  return (
    <ModalDialog labelledBy={titleId} isDirty={isDirty} onClose={cancel}>
      <ProviderLogo provider={provider} name={name} />
      <h2 id={titleId}>{fill(connectionId ? texts.updateTitle : messages.connect, name)}</h2>
      {summary && way ? (
        <>
          <p>{fill(intro, name)}</p>
          <CredentialForm
            key={way.kind}
            summary={summary}
            way={way}
            name={name}
            texts={texts}
            settings={settings}
            connectionId={connectionId}
            onSuccess={(stored, info) => {
              close()
              onSuccess?.(stored, info)
            }}
            onError={onError}
            onSignIn={signIn}
            onDirty={() => setDirty(true)}
            leave={chosen ? { label: texts.back, run: () => setChosen(undefined) } : { label: messages.cancel, run: cancel }}
          />
          {way.kind === 'api_key' && (
            <p className="ap-stored">
              <svg className="ap-icon" viewBox="0 0 16 16" aria-hidden="true">
                <path d="M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5" />
              </svg>
              {texts.stored}
            </p>
          )}
        </>
      ) : (
        <>
          {isPending && (
            <div className="ap-waiting" role="status">
              <span>{texts.loading}</span>
            </div>
          )}
          {failure && (
            <p role="alert" className="ap-problem">
              {fill(failure, name)}
            </p>
          )}
          {ways.length > 1 && <WayChoice ways={ways} name={name} texts={texts} onChoose={choose} />}
          <div className="ap-footer">
            <button type="button" className="ap-button" onClick={cancel}>
              {messages.cancel}
            </button>
            {!data && error && (
              <button type="button" className="ap-button" data-variant="primary" onClick={() => void refetch()}>
                {messages.retry}
              </button>
            )}
          </div>
        </>
      )}
    </ModalDialog>
  )
}
