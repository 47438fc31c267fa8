import { AuthpipeError } from '@authpipe/core'
import { describe, expect, it } from 'vitest'
import { retryDelay } from './retry.ts'

const trouble = (retryAfterSeconds?: number): AuthpipeError => new AuthpipeError('store_unavailable', '', { retryable: true, ...(retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } }) })

describe('retryDelay', () => {
  it('doubles with each failure, up to five seconds', () => {
    expect(Array.from({ length: 8 }, (_, failures) => retryDelay(trouble(), failures, () => 1))).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000])
  })

  it('is shorter by chance, by at most a half', () => {
    expect([retryDelay(trouble(), 2, () => 0), retryDelay(trouble(), 2, () => 0.5), retryDelay(trouble(), 1_000, () => 0)]).toEqual([400, 600, 2_500])
  })

  it('is what was asked for, and a little more by chance', () => {
    expect([retryDelay(trouble(7), 0, () => 0), retryDelay(trouble(7), 9, () => 1)]).toEqual([7_000, 7_200])
  })
})
