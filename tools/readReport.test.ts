import { expect, test } from 'vitest'
import { readReport } from './readReport.ts'

test('counts the tests of a Vitest report', () => {
  expect(readReport(JSON.stringify({ numTotalTests: 5, numPassedTests: 3, numFailedTests: 2 }))).toEqual({ passed: 3, failed: 2 })
})

test('counts the tests of a Playwright report, a flaky one as passed', () => {
  expect(readReport(JSON.stringify({ stats: { expected: 4, flaky: 1, unexpected: 2, skipped: 0 } }))).toEqual({ passed: 5, failed: 2 })
})

test('refuses a report that says nothing', () => {
  expect(() => readReport('{}')).toThrow('This is not a report of Vitest or Playwright.')
})

test('refuses a report that does not count its tests', () => {
  expect(() => readReport('{"numPassedTests":"all"}')).toThrow('The report counts no tests.')
})
