// The `paths` of an app's tsconfig.json or jsconfig.json, such as `@/*`.
import { createPathsMatcher, getTsconfig, type TsConfigResult } from 'get-tsconfig'
import { join } from 'node:path'
import { isFile } from './findSource.ts'

export interface PathAliases {
  /** Paths, without an extension, that a specifier may stand for. */
  resolve(specifier: string): readonly string[]
  /** The specifier that stands for a path, without an extension. @returns `undefined` where none does */
  specifierFor(path: string): string | undefined
}

/** Reads them; none where there is no such file, or one that cannot be read. */
export function readPathAliases(directory: string): PathAliases {
  const { config, match } = readConfig(directory) ?? { config: undefined, match: null }
  const resolve = (specifier: string): readonly string[] => match?.(specifier) ?? []
  return {
    resolve,
    specifierFor(path) {
      for (const pattern of Object.keys(config?.compilerOptions?.paths ?? {})) {
        if (!pattern.endsWith('/*')) continue
        const [folder] = resolve(pattern.replace('*', '.'))
        const below = folder === undefined ? undefined : relativeBelow(folder, path)
        if (below !== undefined && resolve(pattern.replace('*', below)).includes(path)) return pattern.replace('*', below)
      }
      return undefined
    },
  }
}

function readConfig(directory: string): { readonly config: TsConfigResult['config']; readonly match: ReturnType<typeof createPathsMatcher> } | undefined {
  const name = ['tsconfig.json', 'jsconfig.json'].find((file) => isFile(join(directory, file)))
  if (name === undefined) return undefined
  try {
    const found = getTsconfig(directory, name)
    return found ? { config: found.config, match: createPathsMatcher(found) } : undefined
  } catch {
    return undefined
  }
}

function relativeBelow(folder: string, path: string): string | undefined {
  const prefix = join(folder, '/')
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined
}
