'use client'
import { useId, useState, type ReactNode } from 'react'
import type { ComponentLook } from '../appearance/useLook.ts'
import type { CredentialMessages } from './credentialMessages.ts'
import { nameOf, type FormInput } from './formInputs.ts'

interface CredentialFieldProps {
  readonly input: FormInput
  readonly texts: CredentialMessages
  readonly look: ComponentLook<unknown>
  readonly defaultValue: string | undefined
  /** What is wrong with what was typed. */
  readonly problem: string | undefined
}

/** What keeps a browser and its password managers from filling in, storing or correcting what is no password of theirs. */
const leaveAlone = {
  autoComplete: 'off',
  autoCapitalize: 'none',
  autoCorrect: 'off',
  spellCheck: false,
  'data-1p-ignore': true,
  'data-bwignore': true,
  'data-lpignore': 'true',
  'data-form-type': 'other',
} as const

/** One input with its label, what stands before and after it, where to find its value, and what is wrong with it. */
export function CredentialField({ input, texts, look, defaultValue, problem }: CredentialFieldProps): ReactNode {
  const { label, secret, description, placeholder, prefix, suffix, helpUrl, tidy } = input
  const id = useId()
  const [shown, setShown] = useState(false)
  const toggle = shown ? texts.hide : texts.show
  const parts = { suffix, description, problem }
  const describedBy = (['suffix', 'problem', 'description'] as const).filter((part) => parts[part]).map((part) => `${id}${part}`)
  const tidyUp = (element: HTMLInputElement): void => {
    if (!secret) element.value = tidy(element.value)
  }
  return (
    <div {...look.element('field', 'ap-field')}>
      <label {...look.element('fieldLabel', '')} htmlFor={id}>
        {label}
      </label>
      <div {...look.element('fieldInput', 'ap-input')}>
        {prefix && <span>{prefix}</span>}
        <input
          {...leaveAlone}
          id={id}
          name={nameOf(input)}
          type={secret && !shown ? 'password' : 'text'}
          defaultValue={defaultValue}
          placeholder={placeholder}
          aria-required="true"
          aria-invalid={problem !== undefined}
          aria-describedby={describedBy.join(' ') || undefined}
          onBlur={(event) => tidyUp(event.currentTarget)}
          onInput={({ nativeEvent, currentTarget }) => {
            if (nativeEvent instanceof InputEvent && nativeEvent.inputType === 'insertFromPaste') tidyUp(currentTarget)
          }}
        />
        {suffix && <span id={`${id}suffix`}>{suffix}</span>}
        {secret && (
          <button type="button" className="ap-link" aria-controls={id} aria-label={`${toggle} ${label}`} onClick={() => setShown(!shown)}>
            {toggle}
          </button>
        )}
      </div>
      {problem && (
        <p {...look.element('fieldError', 'ap-problem')} id={`${id}problem`}>
          {problem}
        </p>
      )}
      <div className="ap-help">
        {description && <p id={`${id}description`}>{description}</p>}
        {helpUrl && (
          <a className="ap-link" href={helpUrl} target="_blank" rel="noopener noreferrer" aria-label={`${texts.help} (${label}, ${texts.opensNewTab})`}>
            {texts.help}
          </a>
        )}
      </div>
    </div>
  )
}
