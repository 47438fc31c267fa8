import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

export interface ButtonSize {
  /** Bytes of the ConnectButton path, minified and gzipped. */
  readonly code: number
  /** Bytes of the style sheet, as it is and gzipped. */
  readonly styles: number
}

/** What a page pays for `import { ConnectButton }`, core included and React and TanStack Query left out, since the app has them. */
export async function measureButton(): Promise<ButtonSize> {
  const entry = 'virtual:entry'
  const bundle = await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? `\0${entry}` : undefined),
        load: (id) => (id === `\0${entry}` ? "export { ConnectButton } from '@authpipe/react'" : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: entry, external: ['react', 'react/jsx-runtime', '@tanstack/react-query'], preserveEntrySignatures: 'strict', checks: { moduleLevelDirective: false } },
    },
  })
  const [output] = [bundle].flat()
  const chunk = output && 'output' in output ? output.output.find((file) => file.type === 'chunk' && file.isEntry) : undefined
  if (chunk?.type !== 'chunk') throw new Error('The bundle has no entry.')
  const styles = await readFile(fileURLToPath(import.meta.resolve('@authpipe/react/styles.css')))
  return { code: gzipSync(chunk.code, { level: 9 }).length, styles: gzipSync(styles, { level: 9 }).length }
}
