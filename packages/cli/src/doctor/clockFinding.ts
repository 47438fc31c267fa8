import { ok, problem, type Finding } from './Finding.ts'

/** A `Date` header has seconds, and an answer takes its time. */
const toleranceMs = 30_000

/** @param aheadMs - the other clock less ours, in milliseconds */
export function clockFinding(subject: 'database' | 'server', aheadMs: number): Finding {
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  if (Math.abs(aheadMs) <= toleranceMs) return ok('clock', `The clock of the ${subject} goes with the one of this machine.`, { subject })
  const message = `The clock of the ${subject} is ${seconds} seconds ${aheadMs > 0 ? 'ahead of' : 'behind'} the one of this machine: tokens are taken for alive when they are not, and signed times are refused.`
  return problem('clock', message, 'Let both machines set their clocks by NTP, and look which of them is wrong.', { subject })
}
