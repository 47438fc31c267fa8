// Compiled and never run: what `Register` does to the ids that components take.
import type { ProviderId } from '@authpipe/react'
import './providers'

export const offered: ProviderId = 'acme'

// @ts-expect-error -- This app does not offer LiveChat.
export const other: ProviderId = 'livechat'
