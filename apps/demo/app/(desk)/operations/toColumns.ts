import { keptMs, type Sample } from '../../../recorder.ts'

/** A stretch of time, with the value of each series; none where nothing was measured. */
export interface Column {
  /** Its end, in epoch milliseconds. */
  readonly endsAt: number
  readonly values?: readonly number[]
}

const lengthMs = 15_000

/**
 * Puts samples into columns of the same length, oldest first.
 *
 * @param read - the values of a sample
 * @param join - `sum` for what was counted since the sample before, `last` for how things are
 */
export function toColumns(samples: readonly Sample[], now: number, read: (sample: Sample) => readonly number[], join: 'sum' | 'last'): Column[] {
  const last = Math.floor(now / lengthMs)
  const byColumn = Map.groupBy(samples, ({ at }) => Math.floor(at / lengthMs))
  return Array.from({ length: keptMs / lengthMs }, (_, index) => {
    const column = last - keptMs / lengthMs + 1 + index
    const found = byColumn.get(column)?.map(read)
    const values = join === 'last' ? found?.at(-1) : found?.reduce((sum, more) => sum.map((value, series) => value + (more[series] ?? 0)))
    return { endsAt: (column + 1) * lengthMs, ...(values ? { values } : {}) }
  })
}
