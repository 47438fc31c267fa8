// What somebody gets who imports a published package: the declarations and the weight of each entry point, as they were built.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'tsdown'

interface Target {
  readonly types?: string
  readonly default?: string
}

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, string | Target>>
}

/** A module that others can import, by the name that they write. */
export interface EntryPoint {
  /** As `@authpipe/next/providers`. */
  readonly name: string
  readonly folder: string
  /** Built files, from the folder. */
  readonly types: string
  readonly code: string
}

const root = join(import.meta.dirname, '..')
const snapshots = join(import.meta.dirname, 'snapshots')
export const sizesFile = join(snapshots, 'sizes.json')

/** Where the declarations of an entry point are kept. */
export function declarationsFile({ name }: EntryPoint): string {
  return join(snapshots, `${name.replace('@authpipe/', '').replaceAll('/', '.')}.txt`)
}

/** Every module that the published packages let others import. */
export function listEntryPoints(): EntryPoint[] {
  return globSync('packages/*', { cwd: root }).toSorted().flatMap((folder) => {
    const { name, private: isPrivate, exports = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
    if (isPrivate) return []
    return Object.entries(exports).flatMap(([path, target]) => {
      // A pattern is one of languages: their type is that of the texts, which the components show.
      if (typeof target === 'string' || target.types === undefined || target.default === undefined || path.includes('*')) return []
      return [{ name: join(name, path), folder: join(root, folder), types: target.types, code: target.default }]
    })
  })
}

/** The exports of an entry point with every type of ours that they name; words about them are left out. */
export async function readDeclarations({ folder, types }: EntryPoint): Promise<string> {
  const code = await bundle(folder, types, { dts: { dtsInput: true, sourcemap: false } })
  return code.replaceAll(/^\s*\/\*\*[\s\S]*?\*\/\n|^\s*\/\/.*\n/gm, '')
}

/** How much code an entry point brings at most: minified and gzipped, in bytes, without what other packages bring. */
export async function measureEntry({ folder, code }: EntryPoint): Promise<number> {
  return gzipSync(await bundle(folder, code, { dts: false, minify: true })).byteLength
}

async function bundle(folder: string, file: string, options: Parameters<typeof build>[0]): Promise<string> {
  const bundles = await build({
    cwd: folder,
    config: false,
    entry: { index: file },
    tsconfig: 'tsconfig.json',
    format: 'esm',
    platform: 'neutral',
    write: false,
    clean: false,
    logLevel: 'silent',
    deps: { neverBundle: /^[^./]/ },
    ...options,
  })
  return bundles.flatMap(({ chunks }) => chunks).map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('')
}
