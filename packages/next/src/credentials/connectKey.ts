// From a key that a user pasted to a connection: the provider sees it before the vault does.
import { createError, type Account, type ApiKeyDefinition, type FieldDefinition, type Verdict } from '@authpipe/core'
import { judgeAnswer } from '@authpipe/core/server'
import type { Engine } from '../engine.ts'
import type { RegisteredProvider } from '../registrations.ts'
import { identifyAccount } from './identifyAccount.ts'
import { sendProviderRequest } from './providerRequest.ts'
import { storeConnection, type StoredConnection } from './storeConnection.ts'
import { applyKey, encodeSecret, type AppliedKey } from './storedSecret.ts'
import { unverifiedAccount } from './unverifiedAccount.ts'

/** Longest value of a form field, in characters. */
const longestField = 4_096

/** A key as it was typed, and for whom. */
export interface NewKey {
  readonly tenantId: string
  /** `''` where the connection serves the whole tenant. */
  readonly ownerId: string
  readonly provider: RegisteredProvider
  readonly fields: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
  /** The connection whose key this one replaces; until this one is verified, the old one stays. */
  readonly connectionId: string | undefined
  /**
   * Whether the provider is asked.
   * @defaultValue `true`
   */
  readonly verify?: boolean
}

/**
 * Verifies a key with its provider, unless it is to be taken on trust, and stores it.
 *
 * @throws {AuthpipeError} `credential_rejected` naming the field when the provider refuses the key; `insufficient_scope` when it
 * may do too little; `invalid_request` for a field or setting of a wrong form; `provider_unreachable` or
 * `provider_rate_limited` (retryable) when it could not be told: nothing is stored then; those of `storeConnection`
 */
export async function connectKey(engine: Engine, { verify = true, ...key }: NewKey): Promise<StoredConnection> {
  const { provider, settings } = key
  const way = provider.apiKey
  const fields = checkFields(way, key.fields)
  const account = verify ? await verifyKey(engine, key, applyKey(way, fields)) : unverifiedAccount(provider, settings)
  return storeConnection(engine, {
    ...key,
    credentialType: 'api_key',
    account,
    isVerified: verify,
    secrets: { credential: encodeSecret({ fields }) },
    expiresAt: undefined,
    scopes: [],
    missingScopes: [],
  })
}

/**
 * Has the provider look at a key.
 *
 * @returns whose key it is
 * @throws {AuthpipeError} see {@link connectKey}
 */
export async function verifyKey(engine: Engine, { provider, settings }: Pick<NewKey, 'provider' | 'settings'>, credential: AppliedKey): Promise<Account> {
  const answer = await sendProviderRequest(engine.outbound.fetch, provider, settings, credential, provider.definition.healthCheck)
  checkAccepted(provider, provider.apiKey, judgeAnswer(provider.definition, answer))
  return identifyAccount(engine, provider, credential, { tokenResponse: {}, scopes: [], settings })
}

/** The values of a key form, each as its definition wants it. @throws {AuthpipeError} `invalid_request` naming the field */
export function checkFields(way: ApiKeyDefinition, typed: Readonly<Record<string, string>>): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const field of way.fields) fields[field.id] = checkField(field, (Object.hasOwn(typed, field.id) ? typed[field.id] : undefined) ?? '')
  return fields
}

/** Outer white space comes with copying; anything a header cannot carry is refused before one is built. */
function checkField({ id, label, pattern = '.+' }: FieldDefinition, typed: string): string {
  const value = typed.trim()
  if (value.length > longestField || !/^[\x20-\x7e]+$/.test(value) || !new RegExp(`^(?:${pattern})$`).test(value)) {
    throw createError('invalid_request', `"${label}" is missing or does not look like one. Copy it again.`, { details: { field: id } })
  }
  return value
}

function checkAccepted(provider: RegisteredProvider, way: ApiKeyDefinition, verdict: Verdict): void {
  const { name } = provider.definition
  const field = way.fields.findLast(({ secret }) => secret)?.id ?? ''
  switch (verdict) {
    case 'healthy':
      return
    case 'credential_dead':
      throw createError('credential_rejected', `${name} rejected this key. Copy it again. Nothing was stored.`, { details: { field } })
    case 'account_suspended':
    case 'plan_unsupported':
      throw createError('credential_rejected', `${name} refuses the account behind this key. Nothing was stored.`, { details: { field, reason: verdict } })
    case 'insufficient_scope':
    case 'access_denied':
      throw createError('insufficient_scope', `This key may do too little at ${name}. Use the key of somebody with a higher role. Nothing was stored.`, { details: { field } })
    case 'unknown_account':
    case 'uninstalled': {
      const setting = provider.definition.settings?.[0]?.id ?? ''
      throw createError('invalid_request', `${name} knows no such account. Nothing was stored.`, { details: { setting } })
    }
    case 'rate_limited':
      throw createError('provider_rate_limited', `${name} limits our requests, so the key could not be verified. Nothing was stored. Try again in a minute.`)
    case 'wrong_region':
    case 'unavailable':
    case 'unknown':
      throw createError('provider_unreachable', `${name} did not say whether the key is right. Nothing was stored. Try again.`)
  }
}
