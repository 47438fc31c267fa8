/** JSON that cannot reach a prototype: `__proto__` and `constructor` are dropped wherever they stand. */
export function parseJson(text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, ''), (key, value: unknown) => (key === '__proto__' || key === 'constructor' ? undefined : value))
}

/** The same for text that need not be JSON. The parser's error is dropped, since it quotes what it could not read. */
export function parseJsonOrUndefined(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
