import { gzipSync } from 'node:zlib'
import { build } from 'vite'

export interface Bundle {
  /** The source of a module that imports what is weighed. */
  readonly source: string
  /** What the app has anyway. */
  readonly external?: readonly string[]
  /**
   * Whether what is imported later, when it is needed, is weighed too.
   * @defaultValue `true`
   */
  readonly later?: boolean
}

/** Bytes of a module with all that it takes along, minified and gzipped. */
export async function bundleSize({ source, external = [], later = true }: Bundle): Promise<number> {
  const entry = 'virtual:entry'
  const bundle = await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? `\0${entry}` : undefined),
        load: (id) => (id === `\0${entry}` ? source : undefined),
        resolveDynamicImport: (id) => (typeof id === 'string' && !later ? { id, external: true } : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      // Keeps out the helper by which Vite loads chunks, of which an app has one for all.
      ssr: true,
      minify: true,
      rolldownOptions: { input: entry, external: [...external], output: { codeSplitting: false }, checks: { moduleLevelDirective: false } },
    },
  })
  const [output] = [bundle].flat()
  const chunk = output && 'output' in output ? output.output[0] : undefined
  if (!chunk) throw new Error('The bundle has no entry.')
  return gzipped(chunk.code)
}

export const gzipped = (content: string | Uint8Array): number => gzipSync(content, { level: 9 }).length
