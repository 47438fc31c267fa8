import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle, gzipped, type Bundle } from './bundle.ts'

export interface ButtonSize {
  /** Bytes that a page loads for its ConnectButton, minified and gzipped: what its first paint and a click need. */
  readonly code: number
  /** The same with all that comes later: what follows the first paint and an attempt, the note, and the dialog for keys. */
  readonly all: number
  /** Bytes of the style sheet, gzipped. */
  readonly styles: number
}

/** What a page pays for `import { ConnectButton }`, core included and React and TanStack Query left out, since the app has them. */
export async function measureButton(): Promise<ButtonSize> {
  // By its path: under the conditions of the repository's own tests the name leads to the source, which only imports its parts.
  const styles = await readFile(join(import.meta.dirname, '../packages/react/dist/styles.css'))
  const source = "export { ConnectButton } from '@authpipe/react'"
  const [first, all] = await Promise.all([bundleForReact(source, { later: false }), bundleForReact(source)])
  return { code: first.gzipped, all: all.gzipped, styles: gzipped(styles) }
}

/** Bundles what an app with React and TanStack Query imports. */
export const bundleForReact = (source: string, options: { readonly later?: boolean } = {}): Promise<Bundle> =>
  bundle(source, { ...options, external: ['react', 'react/jsx-runtime', '@tanstack/react-query'] })
