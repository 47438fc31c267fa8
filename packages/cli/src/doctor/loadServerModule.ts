// Imports a module of an app as its bundler would find it, without a bundler: Node.js takes the types away by itself.
import { readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import type { LoadHookSync, ResolveHookSync } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { findSource, isFile } from '../app/findSource.ts'
import { readPathAliases } from '../app/pathAliases.ts'

const nothing = 'data:text/javascript,export%20{}'

/** This Node.js cannot take types away, or has no hooks to find modules with. */
export class NodeTooOldToLoad extends Error {}

/**
 * Imports a module of an app.
 *
 * @throws {NodeTooOldToLoad}
 * @throws what the module throws, or the error of Node.js for what it cannot load
 */
export async function loadServerModule(directory: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  // Both came after the oldest Node.js that Authpipe runs on, where an import by name would fail.
  if (!process.features.typescript || !('registerHooks' in nodeModule)) throw new NodeTooOldToLoad()
  const aliases = readPathAliases(directory)

  const resolve: ResolveHookSync = (specifier, context, next) => {
    // They fail on purpose where no bundler replaces them.
    if (specifier === 'server-only' || specifier === 'client-only') return { url: nothing, format: 'module', shortCircuit: true }
    const parent = context.parentURL?.startsWith('file:') ? fileURLToPath(context.parentURL) : undefined
    const candidates = specifier.startsWith('.') && parent !== undefined ? [join(dirname(parent), specifier)] : aliases.resolve(specifier)
    const source = isOfApp(parent) ? candidates.map(findSource).find((found) => found !== undefined) : undefined
    if (source !== undefined) return { url: pathToFileURL(source).href, shortCircuit: true }
    try {
      return next(specifier, context)
    } catch (error) {
      // Packages without "exports", such as next, leave the extension to the bundler.
      if (/^(?:@[^/]+\/)?[^/.@]+\/.*[^/]$/.test(specifier) && !/\.\w+$/.test(specifier)) return next(`${specifier}.js`, context)
      throw error
    }
  }

  const load: LoadHookSync = (url, context, next) => {
    if (!url.startsWith('file:') || !isOfApp(fileURLToPath(url))) return next(url, context)
    if (/\.(css|scss|sass|svg|png|jpe?g|gif|webp|ico)$/.test(url)) return { format: 'module', source: 'export default {}', shortCircuit: true }
    if (url.endsWith('.json')) return { format: 'module', source: `export default ${readFileSync(fileURLToPath(url), 'utf8')}`, shortCircuit: true }
    // Whatever the package.json says, a bundler takes TypeScript for modules.
    return next(url, /\.m?ts$/.test(url) ? { ...context, format: 'module-typescript' } : context)
  }

  nodeModule.registerHooks({ resolve, load })
  return import(pathToFileURL(path).href)
}

const isOfApp = (path: string | undefined): boolean => path !== undefined && !path.includes('/node_modules/') && isFile(path)
