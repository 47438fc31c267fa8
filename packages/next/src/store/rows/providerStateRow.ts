import type { ProviderStateRecord } from '../records.ts'
import { integer, optionalInteger, text, type Draft, type Row } from './columns.ts'

export interface ProviderStateRow {
  provider: string
  recent: string
  opened_at: number | null
  probe_at: number | null
  blocked_until: number | null
  version: number
}

export function toProviderStateRow(state: ProviderStateRecord): ProviderStateRow {
  return {
    provider: state.provider,
    recent: state.recent,
    opened_at: state.openedAt ?? null,
    probe_at: state.probeAt ?? null,
    blocked_until: state.blockedUntil ?? null,
    version: state.version,
  }
}

const instants = [
  ['openedAt', 'opened_at'],
  ['probeAt', 'probe_at'],
  ['blockedUntil', 'blocked_until'],
] as const

export function parseProviderStateRow(row: Row): ProviderStateRecord {
  const state: Draft<ProviderStateRecord> = { provider: text(row, 'provider'), recent: text(row, 'recent'), version: integer(row, 'version') }
  for (const [member, column] of instants) {
    const instant = optionalInteger(row, column)
    if (instant !== undefined) state[member] = instant
  }
  return state
}
