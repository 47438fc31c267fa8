import type { LocaleMessages } from '../packages/react/src/messages.ts'

const accents: Readonly<Record<string, string>> = { a: 'à', e: 'é', i: 'î', o: 'ö', u: 'ü', A: 'Å', C: 'Ç', E: 'É', I: 'Î', N: 'Ñ', O: 'Ö', U: 'Ü', c: 'ç', n: 'ñ', y: 'ý' }

/** Texts that read as before, a third longer, in letters that no code has written: what stays plain was never given to the translators. */
const pseudo = (text: string): string => {
  const accented = text.replace(/\{\w+\}|[a-z]/gi, (found) => accents[found] ?? found)
  return `[${accented}${' ·'.repeat(Math.ceil(text.length / 6))}]`
}

const pseudoTree = <Tree extends object>(tree: Tree): Tree =>
  // Each text becomes a text at the same place.
  Object.fromEntries(
    Object.entries(tree).map(([key, value]: [string, unknown]) => [key, typeof value === 'string' ? pseudo(value) : typeof value === 'object' && value ? pseudoTree(value) : value]),
  ) as Tree

/** Makes the pseudo-locale `en-XA` of the English texts. */
export const pseudoLocale = (english: LocaleMessages): LocaleMessages => ({ ...pseudoTree(english), locale: 'en-XA' })
