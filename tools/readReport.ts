/** How a test run went. */
export interface Tally {
  readonly passed: number
  readonly failed: number
}

/**
 * Reads the JSON report of Vitest or Playwright. A test that failed first and passed when repeated counts as passed.
 *
 * @throws {Error} where the text is neither, so that a broken report is never taken for zero failures
 */
export function readReport(text: string): Tally {
  const report: unknown = JSON.parse(text)
  if (isRecord(report) && 'numPassedTests' in report) return { passed: count(report.numPassedTests), failed: count(report.numFailedTests) }
  if (isRecord(report) && isRecord(report.stats)) {
    const { expected, flaky, unexpected } = report.stats
    return { passed: count(expected) + count(flaky), failed: count(unexpected) }
  }
  throw new Error('This is not a report of Vitest or Playwright.')
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function count(value: unknown): number {
  if (typeof value !== 'number') throw new Error('The report counts no tests.')
  return value
}
