import { expect, test } from 'vitest'
import { readRunSummary } from './readRunSummary.ts'

test('tells a task that succeeded from one that failed and one that could not start', () => {
  const tasks = [
    { taskId: '@authpipe/core#build', execution: { exitCode: 0 } },
    { taskId: '//#lint', execution: { exitCode: 1 } },
    { taskId: '//#test:browser' },
  ]
  expect(readRunSummary(JSON.stringify({ tasks }))).toEqual([
    { id: '@authpipe/core#build', succeeded: true },
    { id: '//#lint', succeeded: false },
    { id: '//#test:browser', succeeded: false },
  ])
})

test('refuses what is not a run summary', () => {
  expect(() => readRunSummary('{}')).toThrow('This is not a run summary of turbo.')
})
