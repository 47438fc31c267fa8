import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

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
  return { code: await measureCode({ later: false }), all: await measureCode({ later: true }), styles: gzipped(styles) }
}

async function measureCode({ later }: { readonly later: boolean }): Promise<number> {
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
        resolveDynamicImport: (id) => (typeof id === 'string' && !later ? { id, external: true } : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      // Keeps out the helper by which Vite loads chunks, of which an app has one for all.
      ssr: true,
      minify: true,
      rolldownOptions: {
        input: entry,
        external: ['react', 'react/jsx-runtime', '@tanstack/react-query'],
        output: { codeSplitting: false },
        checks: { moduleLevelDirective: false },
      },
    },
  })
  const [output] = [bundle].flat()
  const chunk = output && 'output' in output ? output.output[0] : undefined
  if (!chunk) throw new Error('The bundle has no entry.')
  return gzipped(chunk.code)
}

const gzipped = (content: string | Uint8Array): number => gzipSync(content, { level: 9 }).length
