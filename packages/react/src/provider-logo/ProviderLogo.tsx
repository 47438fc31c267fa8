'use client'
import type { ReactNode } from 'react'
import type { ProviderId } from '../providerId.ts'
import { providerName } from '../providerName.ts'
import { useAuthpipe } from '../useAuthpipe.ts'

export interface ProviderLogoProps {
  readonly provider: ProviderId
  /** The provider's name, where it is known. @defaultValue the words of its id */
  readonly name?: string | undefined
}

/**
 * Shows a provider's logo on a white tile: the one that `AuthpipeProvider` was given for it, else the first letter of its name.
 * Decorative, so write the name beside it. The variable `--logo` is its size, 40px unless set.
 */
export function ProviderLogo({ provider, name }: ProviderLogoProps): ReactNode {
  const display = useAuthpipe().providers[provider]
  return (
    <span className="ap-logo" aria-hidden="true">
      {display?.logo ?? (display?.name ?? name ?? providerName(provider))[0]}
    </span>
  )
}
