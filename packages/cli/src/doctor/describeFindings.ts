import { paint } from '../terminal.ts'
import type { Finding } from './Finding.ts'

/** What a person reads: what is well in short, what is not with the fix. */
export function describeFindings(findings: readonly Finding[]): string[] {
  const { problems, warnings, notChecked, passed } = countFindings(findings)
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
  const summary = [count(problems, 'problem'), ...(warnings > 0 ? [count(warnings, 'warning')] : []), `${count(passed, 'check')} passed`, ...(notChecked > 0 ? [`${notChecked} not checked`] : [])]
  return [...findings.flatMap(describe), '', paint('bold', `${summary.join(', ')}.`)]
}

/** How many findings there are of each kind. */
export function countFindings(findings: readonly Finding[]): { readonly problems: number; readonly warnings: number; readonly notChecked: number; readonly passed: number } {
  const count = (matches: (finding: Finding) => boolean): number => findings.filter(matches).length
  return {
    problems: count(({ status, severity }) => status === 'problem' && severity === 'error'),
    warnings: count(({ status, severity }) => status === 'problem' && severity === 'warning'),
    notChecked: count(({ status }) => status === 'not_checked'),
    passed: count(({ status }) => status === 'ok'),
  }
}

function describe({ id, subject, status, severity, message, fix, docsUrl }: Finding): string[] {
  const name = subject === undefined ? id : `${id} (${subject})`
  switch (status) {
    case 'ok':
      return [`${paint('green', '✔')} ${name}: ${paint('dim', message)}`]
    case 'not_checked':
      return [`${paint('dim', '–')} ${name}: not checked. ${paint('dim', message)}`]
    case 'problem':
      return [`${severity === 'error' ? paint('red', '✖') : paint('yellow', '!')} ${paint('bold', name)}: ${message}`, `    ${paint('cyan', 'Fix:')} ${fix}`, `    ${paint('dim', docsUrl)}`]
  }
}
