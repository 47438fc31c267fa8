import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What counts of a package.json. */
export interface PackageJson {
  readonly name: string | undefined
  readonly version: string | undefined
  /** Every dependency with its range, whatever it is for. */
  readonly dependencies: Readonly<Record<string, string>>
  readonly scripts: Readonly<Record<string, string>>
}

/** @returns `undefined` where there is none, or none that can be read */
export function readPackageJson(directory: string): PackageJson | undefined {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  } catch {
    return undefined
  }
  const { name, version } = membersOf(content)
  return {
    name: typeof name === 'string' ? name : undefined,
    version: typeof version === 'string' ? version : undefined,
    dependencies: { ...textsOf(content, 'peerDependencies'), ...textsOf(content, 'devDependencies'), ...textsOf(content, 'dependencies') },
    scripts: textsOf(content, 'scripts'),
  }
}

const membersOf = (value: unknown): Partial<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {})

function textsOf(content: unknown, member: string): Record<string, string> {
  return Object.fromEntries(Object.entries(membersOf(membersOf(content)[member])).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text] as const] : [])))
}

/** The version of a package as it is installed for an app, else the first number that its range names. */
export function majorOf(directory: string, { dependencies }: PackageJson, name: string): number | undefined {
  const version = readPackageJson(join(directory, 'node_modules', name))?.version ?? dependencies[name]
  const major = /\d+/.exec(version ?? '')?.[0]
  return major === undefined ? undefined : Number(major)
}
