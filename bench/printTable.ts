export type Line = readonly string[]

/** Prints lines under a heading, each column as wide as it needs: the first to the left, the others to the right. */
export function printTable(heading: Line, lines: readonly Line[]): void {
  const widths = heading.map((_, column) => Math.max(...[heading, ...lines].map((line) => line[column]?.length ?? 0)))
  const write = (line: Line): void => console.log(line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('   '))
  write(heading)
  console.log('─'.repeat(widths.reduce((total, width) => total + width, 0) + 3 * (widths.length - 1)))
  for (const line of lines) write(line)
}
