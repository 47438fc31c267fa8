'use client'
import { useId, useState, type ReactNode } from 'react'
import type { AuthSummary, ProviderAuthKind, ProviderId, ProviderSettings } from '@authpipe/core'
import type { AppearanceProps } from '../appearance/appearance.ts'
import { useLook, type ComponentLook } from '../appearance/useLook.ts'
import type { ConnectCallbacks } from '../client/connectFlow.ts'
import { Icon } from '../connect-button/Icon.tsx'
import { errorText, fill, fillIn } from '../messages.ts'
import { ModalDialog } from '../modal-dialog/ModalDialog.tsx'
import { ProviderLogo } from '../provider-logo/ProviderLogo.tsx'
import { providerName } from '../providerName.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { useConnection } from '../useConnection.ts'
import { useMessages } from '../useMessages.ts'
import { useProviders } from '../useProviders.ts'
import { CredentialForm } from './CredentialForm.tsx'
import { englishCredentialMessages } from './credentialMessages.ts'
import { settingsOf } from './formInputs.ts'
import { WayChoice } from './WayChoice.tsx'

export interface CredentialDialogProps<P extends ProviderId = ProviderId> extends ConnectCallbacks, AppearanceProps<unknown> {
  /** Id of a provider that takes a key, such as `freshdesk`. */
  readonly provider: P
  /** Replaces the key of this connection, which keeps its id and settings. */
  readonly connectionId?: string | undefined
  /** Settings such as a subdomain to begin with. */
  readonly settings?: ProviderSettings<P> | undefined
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
  readonly authMethod?: Extract<ProviderAuthKind<P>, 'oauth2' | 'api_key'> | undefined
  /** Signs in at the provider with these settings. It is called in the user's click, so that it can open a window. */
  readonly onSignIn?: ((settings: Readonly<Record<string, string>>) => void) | undefined
}

/** The dialog of `CredentialDialog`, loaded when it is first opened. */
export function CredentialDialog({ open, defaultOpen = true, onOpenChange, className, style, appearance, unstyled, ...props }: CredentialDialogProps): ReactNode {
  const look = useLook({ appearance, unstyled }, undefined)
  const titleId = useId()
  const [ownOpen, setOwnOpen] = useState(defaultOpen)
  const [isDirty, setDirty] = useState(false)
  const close = (): void => {
    setOwnOpen(false)
    setDirty(false)
    onOpenChange?.(false)
  }
  const cancel = (): void => {
    close()
    props.onCancel?.({ reason: 'user' })
  }
  return (
    <ModalDialog
      open={open ?? ownOpen}
      isDirty={isDirty}
      onClose={cancel}
      aria-labelledby={titleId}
      {...look.element('dialog', 'ap-dialog', look.variables, className, style)}
    >
      <DialogContent {...props} look={look} titleId={titleId} close={close} cancel={cancel} onDirty={() => setDirty(true)} />
    </ModalDialog>
  )
}

interface DialogContentProps extends Omit<CredentialDialogProps, 'open' | 'defaultOpen' | 'onOpenChange' | 'onCancel' | keyof AppearanceProps<unknown>> {
  readonly look: ComponentLook<unknown>
  readonly titleId: string
  readonly close: () => void
  readonly cancel: () => void
  readonly onDirty: () => void
}

function DialogContent(props: DialogContentProps): ReactNode {
  const { provider, connectionId, settings = {}, authMethod, onSignIn, onSuccess, onError, look, titleId, close, cancel, onDirty } = props
  const { providers, app } = useAuthpipe()
  const messages = useMessages()
  const own = messages.credentialDialog
  const texts = { ...englishCredentialMessages, ...own, errors: { ...englishCredentialMessages.errors, ...own?.errors } }
  const { data, error, isPending, refetch } = useProviders()
  const { data: connection } = useConnection({ connectionId, provider }, { query: { enabled: connectionId !== undefined } })
  const [chosen, setChosen] = useState<AuthSummary['kind']>()

  const summary = data?.find(({ id }) => id === provider)
  const name = providers[provider]?.name ?? summary?.name ?? providerName(provider)
  const wanted = connectionId ? 'api_key' : authMethod
  const ways = summary?.auth.filter(({ kind }) => (wanted ? kind === wanted : kind === 'api_key' || (kind === 'oauth2' && onSignIn))) ?? []
  const way = ways.length === 1 ? ways[0] : ways.find(({ kind }) => kind === chosen)

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

  const granted = connectionId ? [] : (way?.scopes ?? [])
  return (
    <>
      <div className="ap-pair">
        {app && (
          <>
            <span className="ap-logo" aria-hidden="true">
              {app.logo ?? app.name[0]}
            </span>
            <Icon path="M6.5 9.5l3-3M7 4.5l1.2-1.2a2.5 2.5 0 0 1 3.5 3.5L10.5 8M9 11.5l-1.2 1.2a2.5 2.5 0 0 1-3.5-3.5L5.5 8" />
          </>
        )}
        <ProviderLogo provider={provider} name={name} />
      </div>
      <h2 {...look.element('dialogTitle', '')} id={titleId}>
        {fill(connectionId ? texts.updateTitle : messages.connect, name)}
      </h2>
      {summary && way ? (
        <>
          <p>{fill(intro, name)}</p>
          {granted.length > 0 && (
            <>
              <p>{fillIn(texts.willBeAble, { app: app?.name ?? texts.thisApp })}</p>
              <ul>
                {granted.map(({ id, description }) => (
                  <li key={id}>{description}</li>
                ))}
              </ul>
            </>
          )}
          <CredentialForm
            key={way.kind}
            summary={summary}
            way={way}
            name={name}
            texts={texts}
            look={look}
            settings={settings}
            connectionId={connectionId}
            onSuccess={(stored, info) => {
              close()
              onSuccess?.(stored, info)
            }}
            onError={onError}
            onSignIn={signIn}
            onDirty={onDirty}
            leave={chosen ? { label: texts.back, run: () => setChosen(undefined) } : { label: messages.cancel, run: cancel }}
          />
          {way.kind === 'api_key' && (
            <p className="ap-stored">
              <Icon path="M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5" />
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
    </>
  )
}
