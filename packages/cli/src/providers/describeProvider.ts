import type { ProviderDefinition } from '@authpipe/core'
import { clientVariables, comesBack, isAppOfTenant, needsClient } from './needs.ts'

type Way = ProviderDefinition['auth'][number]

/** What a developer wants to know of a provider before registering an app there. */
export interface ProviderFacts {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly docsUrl: string
  readonly ways: readonly Way['kind'][]
  readonly scopes: readonly { readonly id: string; readonly description: string; readonly minimumRole?: string }[]
  readonly setup: readonly string[]
  readonly callbackNote?: string
  /** The URL to register, to the letter; absent where nothing comes back, or each tenant has its own. */
  readonly redirectUri?: string
  /** Whether each tenant registers an app of its own. */
  readonly isAppOfTenant: boolean
  /** Variables for what the provider gives. */
  readonly environment: readonly string[]
}

export function describeProvider(definition: ProviderDefinition, baseUrl: string): ProviderFacts {
  const { id, name, description, docsUrl, auth, setup } = definition
  const ofTenant = isAppOfTenant(definition)
  return {
    id,
    name,
    description,
    docsUrl,
    ways: auth.map(({ kind }) => kind),
    scopes: auth.flatMap((way) => (way.kind === 'oauth2' ? way.scopes : [])).map(({ id: scope, description: permits, minimumRole }) => ({ id: scope, description: permits, ...(minimumRole === undefined ? {} : { minimumRole }) })),
    setup: setup.steps,
    ...(setup.callbackNote === undefined ? {} : { callbackNote: setup.callbackNote }),
    ...(comesBack(definition) && !ofTenant ? { redirectUri: `${baseUrl}/callback/${id}` } : {}),
    isAppOfTenant: ofTenant,
    environment: needsClient(definition) ? clientVariables(definition) : [],
  }
}

/** How a provider is connected, in the words of a table. */
export const wayNames: Readonly<Record<Way['kind'], string>> = { oauth2: 'sign-in', api_key: 'API key', installation: 'installation' }
