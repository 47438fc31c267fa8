export { catalog, defineProvider, livechat, type ProviderDefinition, type Registration, type RegistrationOptions } from '@authpipe/core/providers'
