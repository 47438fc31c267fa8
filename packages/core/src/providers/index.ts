// The catalog: every built-in provider, in the order in which they are shown.
import type { Provider } from '../provider.ts'
import { livechat } from './livechat.ts'

export { defineProvider, type ProviderDefinition, type Registration, type RegistrationOptions } from '../provider.ts'
export { livechat }

export const catalog: readonly Provider[] = [livechat]
