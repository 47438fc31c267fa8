import { createHash } from 'node:crypto'

/**
 * The id of a connection that is imported, the same each time: so a second import finds what the first one did, however that ended.
 *
 * @see RFC 9562 §5.8, UUIDs of a form of one's own
 */
export function importedId({ tenantId, provider, ownerId, sourceId }: { readonly tenantId: string; readonly provider: string; readonly ownerId: string; readonly sourceId: string }): string {
  const hex = createHash('sha256').update(JSON.stringify(['authpipe import', tenantId, provider, ownerId, sourceId])).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
