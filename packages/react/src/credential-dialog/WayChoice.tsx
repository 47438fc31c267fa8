'use client'
import { useEffect, useRef, type ReactNode } from 'react'
import type { AuthSummary } from '@authpipe/core'
import { fill } from '../messages.ts'
import type { CredentialMessages } from './credentialMessages.ts'

interface WayChoiceProps {
  readonly ways: readonly AuthSummary[]
  readonly name: string
  readonly texts: CredentialMessages
  /** Called in the click. */
  readonly onChoose: (kind: AuthSummary['kind']) => void
}

/** The ways to connect a provider that has several. */
export function WayChoice({ ways, name, texts, onChoose }: WayChoiceProps): ReactNode {
  const first = useRef<HTMLButtonElement>(null)
  useEffect(() => first.current?.focus(), [])
  return (
    <>
      <p>{fill(texts.choose, name)}</p>
      {ways.map(({ kind }, index) => (
        <button key={kind} ref={index === 0 ? first : undefined} type="button" className="ap-choice" onClick={() => onChoose(kind)}>
          <b>{fill(kind === 'oauth2' ? texts.signIn : texts.useKey, name)}</b>
          <span>{fill(kind === 'oauth2' ? texts.signInHint : texts.useKeyHint, name)}</span>
        </button>
      ))}
    </>
  )
}
