import { gzipSync } from 'node:zlib'
import { build } from 'vite'

export interface BundleOptions {
  /** What the app has anyway. */
  readonly external?: readonly string[]
  /**
   * Whether what is imported later, when it is needed, is in it too.
   * @defaultValue `true`
   */
  readonly later?: boolean
}

export interface Bundle {
  readonly code: string
  /** Bytes, minified and gzipped. */
  readonly gzipped: number
  /** Paths of the modules of which something is in it. */
  readonly modules: readonly string[]
}

/** Bundles a module against the built packages as an app does. `source` imports what is weighed. */
export async function bundle(source: string, { external = [], later = true }: BundleOptions = {}): Promise<Bundle> {
  const entry = 'virtual:entry'
  const built = await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    // Whatever is not said to be there is counted, packages of others too.
    ssr: { noExternal: true },
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
  const [output] = [built].flat()
  const chunk = output && 'output' in output ? output.output[0] : undefined
  if (!chunk) throw new Error('The bundle has no entry.')
  const modules = Object.entries(chunk.modules).flatMap(([path, { renderedLength }]) => (renderedLength > 0 ? [path] : []))
  return { code: chunk.code, gzipped: gzipped(chunk.code), modules }
}

export const gzipped = (content: string | Uint8Array): number => gzipSync(content, { level: 9 }).length
