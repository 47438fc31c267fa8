// The catalog: every built-in provider, in the order in which they are shown.
import type { Provider } from '../provider.ts'
import { crisp } from './crisp.ts'
import { freshdesk } from './freshdesk.ts'
import { freshservice } from './freshservice.ts'
import { helpScout } from './help-scout.ts'
import { livechat } from './livechat.ts'

export { defineProvider, type ProviderDefinition, type Registration, type RegistrationOptions } from '../provider.ts'
export { crisp, freshdesk, freshservice, helpScout, livechat }

export const catalog: readonly Provider[] = [livechat, helpScout, freshdesk, freshservice, crisp]
