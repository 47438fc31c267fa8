// What a person or a script reads: answers go to the standard output, everything else to the standard error.
import { styleText } from 'node:util'

/** Whether somebody can be asked. */
export const isInteractive = (): boolean => process.stdin.isTTY && process.stdout.isTTY && !process.env.CI

/** Writes a line of the answer. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** Writes the answer for a program. */
export function printJson(answer: unknown): void {
  print(JSON.stringify(answer, null, 2))
}

/** Writes a line beside the answer. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** A line beside the answer that is written over as work goes on, where somebody sees it. */
export function progressLine(describe: (done: number) => string): { readonly show: (done: number) => void; readonly end: () => void } {
  let isShown = false
  const write = (text: string): void => void process.stderr.write(`\r\u001B[2K${text}`)
  return {
    show(done) {
      if (!process.stderr.isTTY) return
      isShown = true
      write(describe(done))
    },
    end() {
      if (isShown) write('')
    },
  }
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Colours text where the standard output is a terminal that shows colours; `NO_COLOR` turns them off. */
export function paint(style: Style, text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(style, text, { validateStream: false }) : text
}

/** Lays cells out in columns as wide as their widest cell; the last column runs on. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((widest, row) => row.map((cell, index) => Math.max(cell.length, widest[index] ?? 0)), [])
  return rows.map((row) => row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join('  '))
}
