import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { bundleSize, gzipped } from './bundleSize.ts'

export interface ButtonSize {
  /** Bytes that a page loads for its ConnectButton, minified and gzipped. */
  readonly code: number
  /** The same with all that its clicks load later: what follows an attempt, and the dialog for keys. */
  readonly all: number
  /** Bytes of the style sheet, gzipped. */
  readonly styles: number
}

/** What a page pays for `import { ConnectButton }`, core included and React and TanStack Query left out, since the app has them. */
export async function measureButton(): Promise<ButtonSize> {
  const styles = await readFile(fileURLToPath(import.meta.resolve('@authpipe/react/styles.css')))
  const button = { source: "export { ConnectButton } from '@authpipe/react'", external: ['react', 'react/jsx-runtime', '@tanstack/react-query'] }
  return { code: await bundleSize({ ...button, later: false }), all: await bundleSize(button), styles: gzipped(styles) }
}
