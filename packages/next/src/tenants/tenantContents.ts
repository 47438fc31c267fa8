// What a tenant's file holds once it is decrypted. Whoever has the public key can write one, so it is parsed to the last member.
import { createError } from '@authpipe/core'
import { z } from 'zod'
import { isId } from '../principal.ts'
import { attachments, credentialTypes, healthStates, kinds, reasons, statuses } from '../store/rows/connectionRow.ts'

const id = z.string().refine(isId)
const ownerId = z.union([z.literal(''), id])
const text = z.string()
const texts = z.array(text).readonly()
const settings = z.record(text, text).readonly()
const instant = z.int().nonnegative()
const generation = z.int().nonnegative()
/** Bytes in base64. */
const bytes = z.codec(z.base64(), z.custom<Uint8Array>((value) => value instanceof Uint8Array), {
  decode: (encoded) => new Uint8Array(Buffer.from(encoded, 'base64')),
  encode: (decoded) => Buffer.from(decoded).toString('base64'),
})
const fields = z.enum(['credential', 'refresh_token'])

const revocation = z
  .strictObject({
    id,
    field: fields,
    secret: bytes,
    grantGeneration: generation,
    tokenGeneration: generation,
    settings,
    attempts: z.int().nonnegative(),
    createdAt: instant,
  })
  .readonly()

/** What is known of the refreshes so far. When the next one is due is for the new place to say. */
const refreshes = z
  .strictObject({
    refreshedAt: instant.exactOptional(),
    failingSince: instant.exactOptional(),
    failureCount: z.int().nonnegative(),
    failureClass: text.exactOptional(),
    grantEndsAt: instant.exactOptional(),
  })
  .readonly()

const connection = z
  .strictObject({
    id,
    provider: id,
    ownerId,
    attachment: z.enum(attachments),
    kind: z.enum(kinds),
    credentialType: z.enum(credentialTypes),
    account: z.strictObject({ id: text, label: text.exactOptional() }).readonly(),
    status: z.enum(statuses),
    statusReason: z.enum(reasons).exactOptional(),
    isDefault: z.boolean(),
    scopes: texts,
    missingScopes: texts,
    settings,
    healthState: z.enum(healthStates),
    healthCheckedAt: instant.exactOptional(),
    connectedAt: instant,
    updatedAt: instant,
    expiresAt: instant.exactOptional(),
    grantGeneration: generation,
    tokenGeneration: generation,
    /** Our client id at the provider, as far as it was registered: another client cannot use its grants. */
    clientId: text.exactOptional(),
    secrets: z.strictObject({ credential: bytes.exactOptional(), refresh_token: bytes.exactOptional() }).readonly(),
    refreshes,
    revocations: z.array(revocation).readonly(),
  })
  .readonly()

const webhookEndpoint = z.strictObject({ idHash: bytes.refine(({ length }) => length === 32), provider: id, isSigned: z.boolean(), createdAt: instant }).readonly()

const contents = z
  .strictObject({ tenantId: id, exportedAt: instant, connections: z.array(connection).readonly(), webhookEndpoints: z.array(webhookEndpoint).readonly() })
  .readonly()

export type TenantContents = z.output<typeof contents>
export type TravellingConnection = TenantContents['connections'][number]

/** Writes what {@link parseContents} reads. */
export function encodeContents(all: TenantContents): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(z.encode(contents, all)))
}

/** @throws {AuthpipeError} `invalid_request` naming the member that is wrong, never its value */
export function parseContents(plaintext: Uint8Array): TenantContents {
  const parsed = contents.safeParse(parseJson(plaintext))
  if (parsed.success) return parsed.data
  const path = parsed.error.issues[0]?.path.join('.') ?? ''
  const place = path === '' ? '' : `, at "${path}"`
  throw createError('invalid_request', `The file holds what exportTenant would not have written${place}. Do not trust where it came from. Nothing was written.`)
}

function parseJson(plaintext: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plaintext))
  } catch {
    // The parser's error quotes what it could not read.
    return undefined
  }
}
