'use client'
import { forwardRef, useId, useState, type ButtonHTMLAttributes, type ComponentPropsWithRef } from 'react'
import type { ProviderId } from '@authpipe/core'
import type { AppearanceProps, Render } from '../appearance/appearance.ts'
import { useRender } from '../appearance/useRender.ts'
import { useLook } from '../appearance/useLook.ts'
import { fillIn } from '../messages.ts'
import { useAuthpipe } from '../useAuthpipe.ts'
import { useProviderName } from '../useProviderName.ts'
import { requestTexts } from './requestTexts.ts'
import { requestUrl } from './requestedProvider.ts'

/** What looks of the link may depend on. */
export interface RequestConnectionLinkState {
  readonly copied: boolean
}

export interface RequestConnectionLinkProps extends AppearanceProps<RequestConnectionLinkState>, Omit<ButtonHTMLAttributes<HTMLButtonElement>, keyof AppearanceProps<never>> {
  readonly provider: ProviderId
  /**
   * The page that the link leads to, on which `RequestedConnection` stands: a path or an address.
   * @defaultValue `app.requestPage` of the provider, else the present page
   */
  readonly page?: string | undefined
  /** Called with the link once it is on the clipboard. */
  readonly onCopied?: ((link: string) => void) | undefined
  /** Another element in the place of the `<button>`. */
  readonly render?: Render<ComponentPropsWithRef<'button'>, RequestConnectionLinkState> | undefined
}

/**
 * Copies a link by which somebody else, who may be the administrator at the provider, can connect it. On the page that it leads to
 * stands a `RequestedConnection`.
 *
 * @security The link carries no authority and no person's name: it asks whoever opens it and is signed in, who then decides.
 *
 * @example
 * <RequestConnectionLink provider="livechat" page="/integrations" />
 */
export const RequestConnectionLink = forwardRef<HTMLButtonElement, RequestConnectionLinkProps>(function RequestConnectionLink(props, ref) {
  const { app, messages } = useAuthpipe()
  const { provider, page = app?.requestPage ?? '', onCopied, onClick, children, render, className, style, appearance, unstyled, ...native } = props
  const texts = { ...requestTexts, ...messages.requestConnection }
  const name = useProviderName(provider)
  const id = useId()
  const [outcome, setOutcome] = useState<'copied' | { readonly link: string }>()
  const state = { copied: outcome === 'copied' }
  const { element, variables } = useLook({ appearance, unstyled }, state)
  const write = (text: string): string => fillIn(text, { provider: name })

  const copy = async (): Promise<void> => {
    const link = requestUrl(provider, page)
    try {
      await navigator.clipboard.writeText(link)
      setOutcome('copied')
      onCopied?.(link)
    } catch {
      setOutcome({ link })
    }
  }
  const byHand = typeof outcome === 'object'
  return (
    <span className="ap-connect" style={variables}>
      {useRender(
        render,
        'button',
        {
          type: 'button',
          'aria-describedby': id,
          ...native,
          ref,
          ...element('requestLink', 'ap-link', className, style),
          onClick: (event) => {
            onClick?.(event)
            if (!event.defaultPrevented) void copy()
          },
          children: children ?? write(texts.copy),
        },
        state,
      )}
      <span className="ap-note" data-tone={outcome && 'muted'}>
        <span id={id} role="status">
          {outcome && write(byHand ? texts.copyByHand : texts.copied)}
        </span>
        {byHand && (
          <span className="ap-input">
            <input readOnly aria-label={write(texts.link)} value={outcome.link} onFocus={({ target }) => target.select()} />
          </span>
        )}
      </span>
    </span>
  )
})
