import { InvalidShape, amount, flag, list, oneOf, optional, record, text, textRecord } from '../shape.ts'

/**
 * One way for an endpoint to fail.
 *
 * - `answer`: this status, these headers, this body (text as it stands, anything else as JSON).
 * - `redirect`: to `location`.
 * - `amend`: the true answer with some JSON members replaced or left out.
 * - `oversized`: a 200 whose JSON string does not end for `bytes` (default 100 MB).
 * - `gzip_bomb`: a few hundred kilobytes that inflate to `bytes` (default 200 MB).
 * - `trickle`: the answer, one byte every `intervalMs` (default 1000).
 * - `drop`: the connection is cut without an answer.
 *
 * With `processFirst` the request does its work, tokens rotate and codes are spent, and only then the answer fails.
 */
export type Fault =
  | ({ readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown } & Timing)
  | ({ readonly kind: 'redirect'; readonly status: RedirectStatus; readonly location: string } & Timing)
  | { readonly kind: 'amend'; readonly members?: Readonly<Record<string, unknown>>; readonly without?: readonly string[] }
  | ({ readonly kind: 'oversized'; readonly bytes?: number } & Timing)
  | ({ readonly kind: 'gzip_bomb'; readonly bytes?: number } & Timing)
  | ({ readonly kind: 'trickle'; readonly intervalMs?: number } & Timing)
  | ({ readonly kind: 'drop' } & Timing)

interface Timing {
  /** @defaultValue false */
  readonly processFirst?: boolean
}

const redirectStatuses = [301, 302, 303, 307, 308] as const
/** The statuses with which a fault can redirect. */
export type RedirectStatus = (typeof redirectStatuses)[number]

/** Whether the request does its work before it fails. */
export const processesFirst = (fault: Fault): boolean => fault.kind === 'amend' || fault.processFirst === true

const kinds = ['answer', 'redirect', 'amend', 'oversized', 'gzip_bomb', 'trickle', 'drop'] as const

export function parseFault(value: unknown, name: string): Fault {
  const given = record(value, name)
  const timing = { processFirst: optional(flag)(given.processFirst, 'processFirst') ?? false }
  const kind = oneOf(kinds)(given.kind, 'kind')
  switch (kind) {
    case 'answer':
      return { kind, status: parseStatus(given.status), headers: optional(textRecord)(given.headers, 'headers') ?? {}, body: given.body, ...timing }
    case 'redirect':
      return { kind, status: oneOf(redirectStatuses)(given.status, 'status'), location: text(given.location, 'location'), ...timing }
    case 'amend':
      return { kind, members: optional(record)(given.members, 'members') ?? {}, without: optional(list(text))(given.without, 'without') ?? [] }
    case 'oversized':
    case 'gzip_bomb': {
      const bytes = optional(amount)(given.bytes, 'bytes')
      return { kind, ...(bytes !== undefined && { bytes }), ...timing }
    }
    case 'trickle': {
      const intervalMs = optional(amount)(given.intervalMs, 'intervalMs')
      return { kind, ...(intervalMs !== undefined && { intervalMs }), ...timing }
    }
    case 'drop':
      return { kind, ...timing }
  }
}

function parseStatus(value: unknown): number {
  const status = amount(value, 'status')
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new InvalidShape('"status" must be between 200 and 599.')
  return status
}
