// For the command line, and nobody else: looking at an app, and bringing its database up to date. No promise of stability.
export type { Environment } from './config.ts'
export { Inspection, inspectAuthpipe, type InspectedDatabase, type InspectedOptions, type InspectedProvider, type KeySource } from './inspect/inspection.ts'
export type { ClientVerdict } from './inspect/probeClient.ts'
export type { RedirectUriVerdict } from './inspect/probeRedirectUri.ts'
export type { RelayVerdict } from './inspect/probeRelay.ts'
export { migrateSchema, readSchema, type SchemaState } from './inspect/schema.ts'
