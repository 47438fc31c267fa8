// Packages as they are installed for the app: of one version, and once.
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { readPackageJson } from '../app/packageJson.ts'
import { isNodeNewEnough, oldestNode } from '../isNodeNewEnough.ts'
import { ownVersion } from '../ownVersion.ts'
import { notChecked, ok, problem, type Finding } from './Finding.ts'

/** Whether this Node.js, by which the app is taken to run, is new enough. */
export function checkNode(): Finding {
  const { node } = process.versions
  if (isNodeNewEnough()) return ok('node', `Node.js ${node} is new enough.`)
  return problem('node', `Authpipe needs Node.js ${oldestNode} or newer, and this is ${node}.`, `Install Node.js 24, here and where the app runs.`)
}

/** A package as something finds it. */
interface Installed {
  readonly name: string
  readonly version: string
  readonly directory: string
}

/** Looks at what is installed for an app. */
export function checkPackages(directory: string): readonly Finding[] {
  if (!existsSync(join(directory, 'package.json'))) {
    const why = 'There is no app in this folder.'
    return [notChecked('packages', why), notChecked('react-copies', why), notChecked('query-copies', why)]
  }
  const react = find('@authpipe/react', directory)
  return [checkVersions(directory), checkCopies('react-copies', 'react', 'React', directory, react), checkCopies('query-copies', '@tanstack/react-query', 'TanStack Query', directory, react)]
}

const ourPackages = ['@authpipe/core', '@authpipe/next', '@authpipe/react', '@authpipe/node', '@authpipe/sandbox']

function checkVersions(directory: string): Finding {
  const direct = ourPackages.flatMap((name) => find(name, directory) ?? [])
  // Where nothing is hoisted, core is found by those that need it only.
  const all = [...direct, ...direct.flatMap((one) => find('@authpipe/core', one.directory) ?? [])]
  if (direct.length === 0) return notChecked('packages', 'No @authpipe package is installed here.')
  const versions = new Set([...all.map(({ version }) => version), ownVersion()])
  if (versions.size === 1) return ok('packages', `Every Authpipe package has version ${[...versions].join()}.`)
  const named = [...new Set([...all.map(({ name, version }) => `${name} ${version}`), `authpipe (this command) ${ownVersion()}`])]
  return problem('packages', `Authpipe packages of different versions are together: ${named.join(', ')}.`, 'Install all of them in one version; they are released together.')
}

function checkCopies(id: 'react-copies' | 'query-copies', name: string, title: string, directory: string, ours: Installed | undefined): Finding {
  if (!ours) return notChecked(id, '@authpipe/react is not installed here.')
  const ofApp = find(name, directory)
  const ofOurs = find(name, ours.directory)
  if (!ofApp || !ofOurs) return problem(id, `${title} is not installed, and @authpipe/react needs it.`, `Install ${name} in the app.`)
  if (ofApp.directory === ofOurs.directory) return ok(id, `There is one copy of ${title}, ${ofApp.version}.`)
  const where = ({ version, directory: place }: Installed): string => `${version} in ${relative(directory, place)}`
  const harm = id === 'react-copies' ? 'hooks fail with "Invalid hook call"' : 'the app and @authpipe/react do not share a QueryClient'
  return problem(id, `There are two copies of ${title}, ${where(ofApp)} and ${where(ofOurs)}: ${harm}.`, `Let one version of ${name} satisfy both (npm dedupe, or an override in package.json), and install again.`)
}

/** A package as the modules of a folder find it. */
function find(name: string, from: string): Installed | undefined {
  try {
    const path = realpathSync(createRequire(join(realpathSync(from), 'package.json')).resolve(`${name}/package.json`))
    const { version } = readPackageJson(dirname(path)) ?? {}
    return version === undefined ? undefined : { name, version, directory: dirname(path) }
  } catch {
    return undefined
  }
}
