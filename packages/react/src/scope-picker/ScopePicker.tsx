'use client'
import { forwardRef, useId, useState, type ComponentPropsWithRef, type FieldsetHTMLAttributes, type ReactNode } from 'react'
import type { ProviderId, ProviderSummary } from '@authpipe/core'
import type { AppearanceProps, Render } from '../appearance/appearance.ts'
import { useLook } from '../appearance/useLook.ts'
import { useRoot } from '../appearance/useRoot.ts'
import { fillIn } from '../messages.ts'
import { useMessages } from '../useMessages.ts'
import { useProviderName } from '../useProviderName.ts'
import { useProviders } from '../useProviders.ts'
import { scopeTexts } from './scopeTexts.ts'

/** A scope that can be chosen, in plain words. */
export type PickedScope = Pick<ProviderSummary['auth'][number]['scopes'][number], 'id' | 'description' | 'minimumRole'>

/** Scopes that belong together, below a heading. */
export interface ScopeGroup {
  readonly title: string
  readonly scopes: readonly string[]
}

/** What looks of the picker may depend on. */
export interface ScopePickerState {
  readonly value: readonly string[]
  readonly loading: boolean
}

export interface ScopePickerProps extends AppearanceProps<ScopePickerState>, Omit<FieldsetHTMLAttributes<HTMLFieldSetElement>, 'children' | keyof AppearanceProps<never>> {
  readonly provider: ProviderId
  /** Ids of the scopes that are chosen, where you control it; those of `required` count as chosen in any case. */
  readonly value?: readonly string[] | undefined
  /**
   * What is chosen at first, where you do not control it.
   * @defaultValue what is granted, else nothing
   */
  readonly defaultValue?: readonly string[] | undefined
  readonly onValueChange?: ((value: readonly string[]) => void) | undefined
  /**
   * Scopes that cannot be left out.
   * @defaultValue none
   */
  readonly required?: readonly string[] | undefined
  /**
   * Scopes that a connection has already; others are marked as new.
   * @defaultValue none
   */
  readonly granted?: readonly string[] | undefined
  /**
   * Scopes to choose from.
   * @defaultValue those that the server says of the provider
   */
  readonly scopes?: readonly PickedScope[] | undefined
  /**
   * Headings; scopes of none stand at the end.
   * @defaultValue no headings
   */
  readonly groups?: readonly ScopeGroup[] | undefined
  /**
   * Choices of several scopes by one click, by their labels.
   * @defaultValue none
   */
  readonly presets?: Readonly<Record<string, readonly string[]>> | undefined
  /**
   * Name of the inputs in a form around it.
   * @defaultValue `scopes`
   */
  readonly name?: string | undefined
  /** @defaultValue a sentence with the provider's name */
  readonly legend?: ReactNode
  /** Another element in the place of the `<fieldset>`. */
  readonly render?: Render<ComponentPropsWithRef<'fieldset'>, ScopePickerState> | undefined
}

/**
 * Lets people choose what an app may do at a provider: in plain words first, as the provider calls it second.
 *
 * @example
 * <ScopePicker provider="livechat" value={scopes} onValueChange={setScopes} />
 * <ConnectButton provider="livechat" scopes={scopes} />
 */
export const ScopePicker = forwardRef<HTMLFieldSetElement, ScopePickerProps>(function ScopePicker(props, ref) {
  const { provider, value, defaultValue, onValueChange, required = [], granted = [], scopes, groups = [], presets = {}, name = 'scopes', legend, ...rest } = props
  const messages = useMessages()
  const texts = { ...scopeTexts, ...messages.scopePicker }
  const providerName = useProviderName(provider)
  const { data, isPending, error, refetch } = useProviders({ query: { enabled: scopes === undefined } })
  const [own, setOwn] = useState(defaultValue ?? granted)
  const id = useId()

  const offered = scopes ?? data?.find((summary) => summary.id === provider)?.auth.flatMap((way) => way.scopes)
  const chosen = new Set([...required, ...(value ?? own)])
  const isLoading = offered === undefined && isPending
  const look = useLook(rest, { value: [...chosen], loading: isLoading })
  const choose = (next: Iterable<string>): void => {
    const all = [...new Set([...required, ...next])]
    setOwn(all)
    onValueChange?.(all)
  }
  const isChosen = (ids: readonly string[]): boolean => {
    const all = new Set([...required, ...ids])
    return all.size === chosen.size && [...all].every((one) => chosen.has(one))
  }
  const toggle = (scope: string): void => choose(chosen.has(scope) ? [...chosen].filter((one) => one !== scope) : [...chosen, scope])

  const option = ({ id: scope, description, minimumRole }: PickedScope): ReactNode => {
    const isRequired = required.includes(scope)
    const mark = isRequired ? texts.required : granted.includes(scope) ? texts.granted : granted.length > 0 ? texts.added : undefined
    return (
      <li key={scope} {...look.element('scope', 'ap-scope')} data-mark={mark && (isRequired ? 'required' : granted.includes(scope) ? 'granted' : 'new')}>
        <input
          id={id + scope}
          type="checkbox"
          name={name}
          value={scope}
          checked={chosen.has(scope)}
          // Not `disabled`, which would leave it out of the form and of the keyboard's way.
          aria-disabled={isRequired}
          aria-describedby={`${id + scope}more`}
          onChange={() => isRequired || toggle(scope)}
        />
        <span>
          <label htmlFor={id + scope}>{description}</label>
          <span id={`${id + scope}more`}>
            <code>{scope}</code>
            {minimumRole && ` · ${fillIn(texts.role, { role: minimumRole })}`}
          </span>
        </span>
        {mark && (
          <span className="ap-pill" data-status={mark === texts.added ? 'missing_scopes' : undefined}>
            {mark}
          </span>
        )}
      </li>
    )
  }
  const grouped = groups.map(({ title, scopes: ids }) => ({ title, scopes: offered?.filter((scope) => ids.includes(scope.id)) ?? [] }))
  const ungrouped = offered?.filter((scope) => !groups.some(({ scopes: ids }) => ids.includes(scope.id))) ?? []
  return useRoot('fieldset', 'scopes', 'ap-scopes', rest, look, {
    ref,
    'aria-busy': isLoading,
    children: (
      <>
        <legend>{legend ?? fillIn(texts.legend, { provider: providerName })}</legend>
        {Object.keys(presets).length > 0 && (
          <div className="ap-presets">
            {Object.entries(presets).map(([label, ids]) => (
              <button key={label} type="button" className="ap-button" data-size="sm" aria-pressed={isChosen(ids)} onClick={() => choose(ids)}>
                {label}
              </button>
            ))}
          </div>
        )}
        {isLoading && <div className="ap-waiting" />}
        {!offered && error && (
          <p className="ap-nothing" role="status">
            {messages.errors.network_error}{' '}
            <button type="button" className="ap-link" onClick={() => void refetch()}>
              {messages.retry}
            </button>
          </p>
        )}
        {offered?.length === 0 && <p className="ap-nothing">{fillIn(texts.none, { provider: providerName })}</p>}
        {[...grouped, { title: '', scopes: ungrouped }].map(
          ({ title, scopes: some }) =>
            some.length > 0 && (
              <div key={title} role={title ? 'group' : undefined} aria-label={title || undefined}>
                {title && <p className="ap-category">{title}</p>}
                <ul>{some.map(option)}</ul>
              </div>
            ),
        )}
      </>
    ),
  })
})
