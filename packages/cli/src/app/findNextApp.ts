import { detect, getUserAgent, type Agent } from 'package-manager-detector'
import { join, relative } from 'node:path'
import { Failure } from '../Failure.ts'
import { isDirectory, isFile } from './findSource.ts'
import { majorOf, readPackageJson, type PackageJson } from './packageJson.ts'
import { readPathAliases, type PathAliases } from './pathAliases.ts'

/** A Next.js app with the App Router, as its files say. */
export interface NextApp {
  readonly directory: string
  readonly packageJson: PackageJson
  /** `src` where the app's sources are below it, else an empty string. */
  readonly sources: '' | 'src'
  readonly isTypeScript: boolean
  readonly aliases: PathAliases
  readonly packageManager: Agent
  /** Where `next dev` listens. */
  readonly developmentPort: number
}

const oldestNext = 15

/** @throws {Failure} where there is no such app, saying what there is and what to do */
export async function findNextApp(directory: string): Promise<NextApp> {
  const packageJson = readPackageJson(directory)
  if (!packageJson) throw new Failure(`There is no app in ${directory}: it has no package.json that can be read. Run this in your app's folder, or name it with --app.`)
  if (packageJson.dependencies['next'] === undefined) {
    throw new Failure(
      `${directory} has no Next.js: "next" is not among its dependencies. In a monorepo, name the app's folder with --app. For Hono, Express or a bare Node.js server, pass requests to authpipe.handler instead.`,
    )
  }
  const next = majorOf(directory, packageJson, 'next')
  if (next !== undefined && next < oldestNext) throw new Failure(`Authpipe needs Next.js ${oldestNext} or newer, and this app has ${next}: update it first.`)
  // As Next.js does: a folder at the root hides the one below src.
  const sources = isDirectory(join(directory, 'app')) ? '' : isDirectory(join(directory, 'src/app')) ? 'src' : undefined
  if (sources === undefined) throw new Failure(noAppRouter(directory))
  return {
    directory,
    packageJson,
    sources,
    isTypeScript: isFile(join(directory, 'tsconfig.json')),
    aliases: readPathAliases(directory),
    packageManager: (await detect({ cwd: directory }))?.agent ?? getUserAgent() ?? 'npm',
    developmentPort: Number(/\bnext dev\b.*?(?:-p|--port)[ =]+(\d+)/.exec(packageJson.scripts['dev'] ?? '')?.[1] ?? 3000),
  }
}

function noAppRouter(directory: string): string {
  const pages = ['src/pages', 'pages'].find((folder) => isDirectory(join(directory, folder)))
  if (pages === undefined) return `${directory} has no folder app or src/app. Make one, as the App Router of Next.js wants it, and run this again.`
  const wanted = pages.replace('pages', 'app')
  return `This app uses the Pages Router only, and Authpipe's routes need one route handler of the App Router. Both work side by side: make the folder ${wanted} and run this again; your pages stay as they are.`
}

/** Where a file of the app's sources is, below its directory and without an extension. */
export const sourcePath = ({ sources }: NextApp, path: string): string => join(sources, path)

/** How a file imports another, both named below the app's directory and without an extension: by an alias where there is one. */
export function importSpecifier({ directory, aliases }: NextApp, from: string, to: string): string {
  const alias = aliases.specifierFor(join(directory, to))
  if (alias !== undefined) return alias
  const path = relative(join(directory, from, '..'), join(directory, to)).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}
