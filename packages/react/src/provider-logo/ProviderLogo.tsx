'use client'
import { forwardRef, type ComponentPropsWithRef, type HTMLAttributes } from 'react'
import type { ProviderId } from '@authpipe/core'
import type { AppearanceProps, Render } from '../appearance/appearance.ts'
import { useLook } from '../appearance/useLook.ts'
import { useRoot } from '../appearance/useRoot.ts'
import { providerName } from '../providerName.ts'
import { useAuthpipe } from '../useAuthpipe.ts'

export interface ProviderLogoProps extends AppearanceProps<unknown>, Omit<HTMLAttributes<HTMLSpanElement>, keyof AppearanceProps<never>> {
  /** Id of the provider, registered or not. */
  readonly provider: ProviderId
  /**
   * The provider's name, where it is known.
   * @defaultValue the words of its id
   */
  readonly name?: string | undefined
  /** Another element in the place of the `<span>`. */
  readonly render?: Render<ComponentPropsWithRef<'span'>, unknown> | undefined
}

/**
 * Shows a provider's logo on a white tile: the one that `AuthpipeProvider` was given for it, else the first letter of its name.
 * Decorative, so write the name beside it. The variable `--logo` is its size, 40px unless set.
 */
export const ProviderLogo = forwardRef<HTMLSpanElement, ProviderLogoProps>(function ProviderLogo({ provider, name, ...rest }, ref) {
  const display = useAuthpipe().providers[provider]
  const look = useLook(rest, undefined)
  return useRoot('span', 'logo', 'ap-logo', rest, look, {
    ref,
    'aria-hidden': true,
    children: display?.logo ?? (display?.name ?? name ?? providerName(provider))[0],
  })
})
