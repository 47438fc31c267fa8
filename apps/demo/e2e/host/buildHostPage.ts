import { join } from 'node:path'
import { build } from 'vite'

/** The files of the page by their paths, and the one that it begins with. */
export interface BuiltPage {
  readonly files: ReadonlyMap<string, string>
  readonly entry: string
}

let built: Promise<BuiltPage> | undefined

/** Builds the host page as an app is built, in development mode, so that React complains; once for all tests of a worker. */
export function buildHostPage(): Promise<BuiltPage> {
  built ??= bundle()
  return built
}

async function bundle(): Promise<BuiltPage> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    mode: 'development',
    root: import.meta.dirname,
    define: { 'process.env.NODE_ENV': '"development"' },
    build: { write: false, minify: false, modulePreload: false, target: 'es2022', rolldownOptions: { input: join(import.meta.dirname, 'HostPage.tsx'), checks: { moduleLevelDirective: false } } },
  })
  const files = new Map<string, string>()
  let entry = ''
  for (const chunk of [output].flat().flatMap((one) => ('output' in one ? one.output : []))) {
    if (chunk.type !== 'chunk') continue
    files.set(`/${chunk.fileName}`, chunk.code)
    if (chunk.isEntry) entry = `/${chunk.fileName}`
  }
  return { files, entry }
}
