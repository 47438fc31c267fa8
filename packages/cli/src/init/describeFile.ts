import type { FileAction, PlannedFile } from './PlannedFile.ts'
import { paint } from '../terminal.ts'

const verbs: Readonly<Record<FileAction, readonly [done: string, planned: string]>> = {
  create: ['created', 'would create'],
  extend: ['extended', 'would extend'],
  replace: ['replaced', 'would replace'],
  keep: ['unchanged', 'unchanged'],
  by_hand: ['by hand', 'by hand'],
}

/** One line on a file. */
export function describeFile({ path, action }: PlannedFile, isDryRun: boolean): string {
  const verb = verbs[action][isDryRun ? 1 : 0].padEnd(isDryRun ? 13 : 10)
  return `  ${paint(action === 'keep' ? 'dim' : action === 'by_hand' ? 'yellow' : 'green', verb)} ${path}`
}

/** The lines that change, as a diff shows them, and no secret. */
export function describeChange({ before, after, secrets, action }: PlannedFile): string[] {
  if (action === 'keep') return []
  const hide = (line: string): string => secrets.reduce((text, secret) => text.replaceAll(secret, '…'), line)
  const [old, now] = [linesOf(before), linesOf(after)]
  const shared = old.findIndex((line, index) => line !== now[index])
  const start = shared === -1 ? old.length : shared
  let end = 0
  while (end < Math.min(old.length, now.length) - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1
  return [
    ...old.slice(start, old.length - end).map((line) => paint('red', `    - ${hide(line)}`)),
    ...now.slice(start, now.length - end).map((line) => paint('green', `    + ${hide(line)}`)),
  ]
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))
