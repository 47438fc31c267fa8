// Where an app mounts the routes, and which module makes the server side, as its files say.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { findSource, isDirectory } from '../app/findSource.ts'
import { readPathAliases } from '../app/pathAliases.ts'

/** A route handler of the App Router that hands requests to Authpipe. */
export interface Mount {
  /** Below the app's directory. */
  readonly file: string
  readonly text: string
  /** The path that it answers below, such as `/api/authpipe`; `undefined` where it takes no rest of a path. */
  readonly path: string | undefined
  /** The module that makes the server side, where it imports one. */
  readonly serverFile: string | undefined
}

/** @returns the folder of the App Router, `undefined` where the app has none */
export function findAppFolder(directory: string): string | undefined {
  return ['app', 'src/app'].map((folder) => join(directory, folder)).find(isDirectory)
}

/** Finds the route handler that mounts Authpipe. @returns `undefined` where none does */
export function findMount(directory: string, appFolder: string): Mount | undefined {
  for (const entry of readdirSync(appFolder, { recursive: true, encoding: 'utf8' })) {
    if (!/(?:^|[/\\])route\.(?:ts|tsx|js|jsx|mjs)$/.test(entry)) continue
    const text = readFileSync(join(appFolder, entry), 'utf8')
    const serverFile = findServerImport(directory, join(appFolder, entry), text)
    if (serverFile === undefined && !text.includes('createAuthpipe(')) continue
    return {
      file: relative(directory, join(appFolder, entry)),
      text,
      path: pathOf(dirname(entry)),
      serverFile: serverFile ?? join(appFolder, entry),
    }
  }
  return undefined
}

function findServerImport(directory: string, routeFile: string, text: string): string | undefined {
  const aliases = readPathAliases(directory)
  for (const [, specifier = ''] of text.matchAll(/\bfrom\s*['"]([^'"]+)['"]/g)) {
    const candidates = specifier.startsWith('.') ? [join(dirname(routeFile), specifier)] : aliases.resolve(specifier)
    const source = candidates.map(findSource).find((found) => found !== undefined)
    if (source !== undefined && readFileSync(source, 'utf8').includes('createAuthpipe(')) return source
  }
  return undefined
}

/** Groups such as `(desk)` and slots such as `@modal` are no part of a path; the last folder takes the rest of it. */
function pathOf(folder: string): string | undefined {
  const parts = folder.split(sep).filter((part) => !/^\(.*\)$|^@/.test(part))
  if (!/^\[\[?\.\.\./.test(parts.at(-1) ?? '')) return undefined
  return `/${parts.slice(0, -1).join('/')}`
}

/** The module that makes the server side: the one that the route imports, else where apps have it. */
export function findServerFile(directory: string, mount: Mount | undefined): string | undefined {
  if (mount?.serverFile !== undefined) return mount.serverFile
  const places = ['lib/authpipe', 'src/lib/authpipe', 'authpipe', 'src/authpipe', 'server/authpipe', 'src/server/authpipe']
  return places.map((place) => findSource(join(directory, place))).find((path) => path !== undefined)
}
