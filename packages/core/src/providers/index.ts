// The catalog: every built-in provider, in the order in which they are shown.
import type { AnyProvider } from '../registration.ts'
import { crisp } from './crisp.ts'
import { freshdesk } from './freshdesk.ts'
import { freshservice } from './freshservice.ts'
import { helpScout } from './help-scout.ts'
import { livechat } from './livechat.ts'

export { defineProvider } from '../defineProvider.ts'
export type { ProviderDefinition } from '../provider.ts'
export type { Registration, RegistrationOptions } from '../registration.ts'
export { crisp, freshdesk, freshservice, helpScout, livechat }

export const catalog: readonly AnyProvider[] = [livechat, helpScout, freshdesk, freshservice, crisp]
