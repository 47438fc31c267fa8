// What the packages that hold credentials share. Browsers have no use for it.
export { parseEvent } from '../event.ts'
export { parseConnectionToImport, type ConnectionToImport } from './connectionToImport.ts'
export { parseJson, parseJsonOrUndefined } from './json.ts'
export { applyCredential, callProvider, judgeAnswer, resolveApiUrl, type AppliedCredential, type CalledProvider, type PreparedRequest, type ProviderCall, type ProviderFetchInit } from './providerCall.ts'
export { readRetryAfter } from './retryAfter.ts'
export { RevealedCredential, type CredentialParts } from './revealedCredential.ts'
export {
  parseCredential,
  parseCredentialRequest,
  parseCredentialToStore,
  parseEventPage,
  toCredentialBody,
  type CredentialBody,
  type CredentialLife,
  type CredentialRequest,
  type EventPage,
  type ReceivedCredential,
} from './serverProtocol.ts'
