// The code of the documents: what a reader copies has to compile.

/** A block of TypeScript in a document. */
export interface Snippet {
  /** The file that its first comment names, else a name with the line on which it starts. */
  readonly path: string
  readonly code: string
}

/** Finds every `ts` and `tsx` block of a document. */
export function readSnippets(text: string): Snippet[] {
  return Array.from(text.matchAll(/^```(tsx?)\b.*\n([^]*?)^```$/gm), ({ index, 1: kind, 2: code = '' }) => ({
    path: /^\/\/ ([\w./[\]()-]+\.tsx?)\n/.exec(code)?.[1] ?? `line-${text.slice(0, index).split('\n').length}.${kind}`,
    code,
  }))
}
