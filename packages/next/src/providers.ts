export {
  catalog,
  crisp,
  defineProvider,
  freshdesk,
  freshservice,
  helpScout,
  livechat,
  type ProviderDefinition,
  type Registration,
  type RegistrationOptions,
} from '@authpipe/core/providers'
