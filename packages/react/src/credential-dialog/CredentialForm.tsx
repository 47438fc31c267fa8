'use client'
import { useEffect, useRef, useState, type ReactNode, type SubmitEvent } from 'react'
import type { AuthpipeError, AuthSummary, ProviderSummary } from '@authpipe/core'
import type { ComponentLook } from '../appearance/useLook.ts'
import type { ConnectCallbacks } from '../client/connectFlow.ts'
import { errorText, fill } from '../messages.ts'
import { RequestInstead } from '../request-connection/RequestInstead.tsx'
import { useMessages } from '../useMessages.ts'
import { useStoreCredential } from '../useStoreCredential.ts'
import { CredentialField } from './CredentialField.tsx'
import type { CredentialMessages } from './credentialMessages.ts'
import { formInputs, nameOf, type FormInput } from './formInputs.ts'

interface CredentialFormProps extends Pick<ConnectCallbacks, 'onSuccess' | 'onError'> {
  readonly summary: ProviderSummary
  readonly way: AuthSummary
  /** Shown instead of the provider's name from the server. */
  readonly name: string
  readonly texts: CredentialMessages
  readonly look: ComponentLook<unknown>
  readonly settings: Readonly<Record<string, string>>
  readonly connectionId: string | undefined
  /** Called while the form is submitted, where the way is to sign in at the provider. */
  readonly onSignIn: (settings: Readonly<Record<string, string>>) => void
  /** Something was typed. */
  readonly onDirty: () => void
  /** Leaves the form, and what that is called. */
  readonly leave: { readonly label: string; readonly run: () => void }
}

/** What is wrong, by the name of the input; under `form` where it is with none of them. */
type Problems = Readonly<Record<string, string>>

/** Asks for what one way to connect needs. Its inputs are the browser's own: what is typed is in no state of ours. */
export function CredentialForm(props: CredentialFormProps): ReactNode {
  const { summary, way, name, texts, look, settings, connectionId, onSuccess, onError, onSignIn, onDirty, leave } = props
  const messages = useMessages()
  const form = useRef<HTMLFormElement>(null)
  const [problems, setProblems] = useState<Problems>({})
  const [refusal, setRefusal] = useState<AuthpipeError>()
  const isUpdate = connectionId !== undefined
  const inputs = formInputs(summary, way, isUpdate)

  const { mutate, isPending } = useStoreCredential(summary.id, {
    connectionId,
    onSuccess(connection, info) {
      form.current?.reset()
      onSuccess?.(connection, info)
    },
    onError(error) {
      const { field, setting } = error.details ?? {}
      const named = inputs.find(({ group, id }) => id === (group === 'fields' ? field : setting))
      setProblems({ [named ? nameOf(named) : 'form']: fill(textOf(error), name) })
      setRefusal(error)
      onError?.(error)
    },
  })

  const textOf = (error: AuthpipeError): string => {
    const { field, setting, reason } = error.details ?? {}
    if (error.code === 'invalid_request' && setting !== undefined) return texts.unknownAccount
    if (error.code === 'invalid_request' && field !== undefined) return texts.malformed
    const why = reason === 'account_suspended' || reason === 'plan_unsupported' ? messages.reasons[reason] : undefined
    return why ?? texts.errors[error.code] ?? errorText(messages, error)
  }

  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(), [problems])

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    // A form around the button, in the app's page, is not meant.
    event.stopPropagation()
    if (isPending) return
    const data = new FormData(event.currentTarget)
    const typed: Record<FormInput['group'], Record<string, string>> = { settings: { ...settings }, fields: {} }
    const found: Record<string, string> = {}
    for (const input of inputs) {
      const entry = data.get(nameOf(input))
      const value = input.tidy(typeof entry === 'string' ? entry : '')
      typed[input.group][input.id] = value
      if (!input.accepts(value)) found[nameOf(input)] = value ? malformedText(input) : texts.missing
    }
    setProblems(found)
    if (Object.keys(found).length > 0) return
    if (way.kind === 'oauth2') onSignIn(typed.settings)
    else mutate(typed)
  }
  const malformedText = ({ secret, suffix, placeholder }: FormInput): string =>
    !secret && suffix ? texts.malformedSetting.replaceAll('{example}', placeholder ?? 'acme') : texts.malformed

  const again = problems.form !== undefined && refusal?.retryable
  const label = way.kind === 'oauth2' ? texts.continue : again ? messages.retry : isUpdate ? texts.submitUpdate : texts.submit
  return (
    // Were a script to fail, a key must not end up in an address.
    <form ref={form} method="post" noValidate onSubmit={submit} onInput={onDirty}>
      {inputs.map((input) => (
        <CredentialField
          key={nameOf(input)}
          input={input}
          texts={texts}
          look={look}
          defaultValue={input.group === 'settings' ? settings[input.id] : undefined}
          problem={problems[nameOf(input)]}
        />
      ))}
      <p role="alert" className="ap-problem">
        {problems.form}
      </p>
      {problems.form !== undefined && <RequestInstead provider={summary.id} error={refusal} />}
      <div className="ap-footer">
        <button type="button" className="ap-button" onClick={leave.run}>
          {leave.label}
        </button>
        <button className="ap-button" data-variant="primary" aria-busy={isPending} aria-disabled={isPending} data-labels={[label, texts.checking].join('\n')}>
          {isPending ? texts.checking : label}
        </button>
      </div>
    </form>
  )
}
