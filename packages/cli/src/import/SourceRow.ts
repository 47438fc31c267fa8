/** A row of the old place, and what it is called before somebody who has to mend it. */
export interface SourceRow {
  /** Such as `line 3` or `row 3 (acc_1)`. */
  readonly name: string
  readonly value: unknown
}

/** What is wrong with a row. The message holds none of its values. */
export class InvalidRow extends Error {
  override readonly name = 'InvalidRow'
}

/** What is wrong with a row that has a name. */
export interface RowProblem {
  readonly row: string
  readonly problem: string
}
