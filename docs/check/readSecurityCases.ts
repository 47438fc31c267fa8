/** A row of `docs/security-cases.md`. */
export interface SecurityCase {
  /** Such as `ST-1`. */
  readonly id: string
  readonly weight: string
  /** Tests as the row names them: file and title. */
  readonly tests: readonly { readonly file: string; readonly title: string }[]
  /** Why there is no test; absent where there are some. */
  readonly reason?: string
  /** Whether it applies and is not shown. */
  readonly isOpen: boolean
}

const row = /^\| ([A-Z]{2}-\d+) \| [^|]+ \| (critical|high|medium|low) \| ([^|]+) \| [^|]*\|$/gm

/** Reads the rows of the tables, in their order. A line that is none of them is not read. */
export function readSecurityCases(text: string): SecurityCase[] {
  return Array.from(text.matchAll(row), ([, id = '', weight = '', cell = '']) => {
    const [, reason] = /^(?:Does not apply|Open)\. (.+)$/.exec(cell) ?? []
    const tests = Array.from(cell.matchAll(/`([\w/-]+) > ([^`]+)`/g), ([, file = '', title = '']) => ({ file, title }))
    return { id, weight, tests, ...(reason === undefined ? {} : { reason }), isOpen: cell.startsWith('Open.') }
  })
}
