export {
  parseConnection,
  parseConnections,
  type Account,
  type Attachment,
  type Connection,
  type ConnectionHealth,
  type ConnectionsBody,
  type ConnectionStatus,
  type CredentialType,
  type StatusReason,
} from './connection.ts'
export type { Credential, CredentialQuery, CredentialToStore } from './credential.ts'
export {
  AuthpipeError,
  createError,
  errorDocsUrl,
  errorTable,
  toProblem,
  type AuthpipeErrorCode,
  type AuthpipeErrorOptions,
  type BrowserErrorCode,
  type ErrorDetails,
  type Problem,
  type ServerErrorCode,
} from './errors.ts'
export type { AuthpipeEvent, ConnectionEvent, ConnectionEventType, EventType, ProviderEvent, ProviderEventType } from './event.ts'
export { normalizeSetting } from './normalizeSetting.ts'
export {
  isCompletionMessage,
  parseProblem,
  parseProviders,
  parseProviderSummary,
  parseSession,
  parseStartedSession,
  parseStartSession,
  parseStoreCredential,
  type AuthSummary,
  type CompletionMessage,
  type ConnectMode,
  type ProvidersBody,
  type ProviderSummary,
  type Session,
  type SessionError,
  type SessionStatus,
  type StartedSession,
  type StartSessionBody,
  type StoreCredentialBody,
} from './protocol.ts'
export type { BuiltInProviderId, ProviderAuthKind, ProviderCredentialType, ProviderFields, ProviderId, ProviderScope, ProviderSettings, Register } from './register.ts'
export { defineProvider, reservedAuthorizationParams } from './defineProvider.ts'
export type {
  ApiKeyDefinition,
  AuthKind,
  FieldDefinition,
  HmacWebhook,
  IdentityContext,
  InstallationContext,
  InstallationDefinition,
  OAuth2Definition,
  ProviderAnswer,
  ProviderDefinition,
  ProviderRequest,
  RateLimit,
  ScopeDefinition,
  SettingDefinition,
  SetupGuide,
  TokenErrorClass,
  Verdict,
  WebhookDefinition,
} from './provider.ts'
export {
  Registration,
  type AnyProvider,
  type EndpointOverrides,
  type FieldId,
  type FindRegistration,
  type Provider,
  type ProviderFacts,
  type RegistrationOptions,
  type ScopeId,
  type SettingId,
  type TenantRegistration,
} from './registration.ts'
export { dnsLabel, expandTemplate, isSafeTemplate, templateSettings } from './settingTemplate.ts'
export { InvalidShape, type Parser } from './shape.ts'
