// Compiled and never run: what `Register` does to what components and calls take.
import type { ProviderId, ProviderScope } from '@authpipe/react'
import './providers'

export const offered: ProviderId = 'acme'

// @ts-expect-error -- This app does not offer LiveChat.
export const other: ProviderId = 'livechat'

export const known: ProviderScope<'acme'> = 'tickets:read'

// @ts-expect-error -- Neither the definition nor the registration names it.
export const mistyped: ProviderScope<'acme'> = 'tickets:reed'
