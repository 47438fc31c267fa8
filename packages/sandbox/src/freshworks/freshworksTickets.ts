import { jsonReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'

const subjects: Readonly<Record<string, readonly string[]>> = {
  northwind: ['The grinder arrived without its lid', 'Please move my subscription to Fridays', 'Invoice for October'],
  bluebird: ['Window seat on the way back', 'Which vaccinations do we need?'],
}
const maximumPerPage = 100
const hourMs = 3_600_000

/** A page of a helpdesk's tickets as `per_page` and `page` ask, or the refusal of them. */
export function listTickets(subdomain: string, request: SandboxRequest, now: number): { readonly tickets: readonly object[]; readonly hasMore: boolean } | Reply {
  const perPage = parsePositive(request.url.searchParams.get('per_page') ?? '30')
  const page = parsePositive(request.url.searchParams.get('page') ?? '1')
  // FD-API: per_page up to 100; FS-W6W: a higher one is refused. FD-API: the envelope of a validation error.
  if (perPage === undefined || perPage > maximumPerPage) return invalidValue('per_page', `It should be a positive integer of at most ${maximumPerPage}.`)
  if (page === undefined) return invalidValue('page', 'It should be a positive integer.')
  const all = (subjects[subdomain] ?? []).map((subject, index) => {
    const at = new Date(now - (index + 1) * hourMs).toISOString().replace(/\.\d+/, '')
    return { id: 7001 + index, subject, status: 2, priority: 1, source: 2, requester_id: 5001 + index, created_at: at, updated_at: at }
  })
  return { tickets: all.slice((page - 1) * perPage, page * perPage), hasMore: all.length > page * perPage }
}

const parsePositive = (value: string): number | undefined => (/^[1-9]\d{0,5}$/.test(value) ? Number(value) : undefined)

const invalidValue = (field: string, message: string): Reply =>
  jsonReply(400, { description: 'Validation failed', errors: [{ field, message, code: 'invalid_value' }] })
