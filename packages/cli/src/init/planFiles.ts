import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NextApp } from '../app/findNextApp.ts'
import { findSource, isDirectory, isFile } from '../app/findSource.ts'
import { Failure } from '../Failure.ts'
import { clientVariables, needsClient } from '../providers/needs.ts'
import { createEncryptionKey } from '../randomKeys.ts'
import type { InitChoices } from './InitChoices.ts'
import type { PlannedFile } from './PlannedFile.ts'
import { instrumentationFile, pageFile, routeFile, serverFile, type SourceFile } from './sourceFiles.ts'

export interface Plan {
  readonly files: readonly PlannedFile[]
  /** What was guessed and has to be looked at. */
  readonly remarks: readonly string[]
}

/** Says what becomes of each file, and touches none. @throws {Failure} where something stands in the way */
export function planFiles(app: NextApp, choices: InitChoices): Plan {
  const server = serverFile(app, choices)
  const sources = [server, routeFile(app), ...(choices.page ? [pageFile(app, choices)] : [])]
  return {
    files: [...sources.map((file) => planSource(app, file)), planInstrumentation(app), planEnvironment(app, choices), ...planIgnore(app)],
    remarks: server.remark === undefined ? [] : [server.remark],
  }
}

function planSource(app: NextApp, { path, text }: SourceFile): PlannedFile {
  // The same module with another extension, such as .tsx for .ts, would be one too many.
  const existing = findSource(join(app.directory, path.replace(/\.\w+$/, '')))
  const actual = existing === undefined ? path : existing.slice(app.directory.length + 1)
  const before = read(app, actual)
  const action = before === undefined ? 'create' : before === text ? 'keep' : 'replace'
  return { path: actual, action, before: before ?? '', after: text, secrets: [] }
}

function planInstrumentation(app: NextApp): PlannedFile {
  const planned = planSource(app, instrumentationFile(app))
  if (planned.action !== 'replace') return planned
  return { ...planned, action: /\bauthpipe\.start\(/.test(planned.before) ? 'keep' : 'by_hand' }
}

/** Adds what is missing to `.env.local`; a line that is there stays as it is, in whichever file Next.js would find it. */
function planEnvironment(app: NextApp, { providers, database, sandbox }: InitChoices): PlannedFile {
  const path = '.env.local'
  const before = read(app, path) ?? ''
  const known = [before, ...['.env', '.env.development', '.env.development.local'].map((name) => read(app, name) ?? '')].join('\n')
  const isMissing = (name: string): boolean => !new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`, 'm').test(known)

  const key = createEncryptionKey()
  const baseUrl = `http://localhost:${app.developmentPort}/api/authpipe`
  const client = sandbox ? [] : providers.filter((definition) => needsClient(definition)).flatMap((definition) => clientVariables(definition))
  const lines = [
    ...(isMissing('AUTHPIPE_KEYS') ? ['# Protects every stored token. Production needs another one: npx authpipe keygen', `AUTHPIPE_KEYS=${key}`] : []),
    ...(isMissing('AUTHPIPE_BASE_URL') && app.developmentPort !== 3000 ? [`AUTHPIPE_BASE_URL=${baseUrl}`] : []),
    ...(isMissing('AUTHPIPE_DATABASE_URL') && database !== 'sqlite' ? [`AUTHPIPE_DATABASE_URL=${escaped(database.href)}`] : []),
    ...client.filter(isMissing).map((name) => `${name}=`),
  ]
  const after = lines.length === 0 ? before : `${endLine(before)}${before === '' ? '' : '\n'}# Authpipe\n${lines.join('\n')}\n`
  return {
    path,
    action: after === before ? 'keep' : before === '' ? 'create' : 'extend',
    before,
    after,
    mode: 0o600,
    secrets: [key.slice(key.indexOf(':') + 1), ...(database !== 'sqlite' && database.password ? [escaped(database.password)] : [])],
  }
}

/** Keeps secrets and the database of development out of the repository. */
function planIgnore(app: NextApp): PlannedFile[] {
  const missing = ['.env.local', '.authpipe'].filter((path) => !isIgnored(app, path))
  if (missing.length === 0) return []
  const before = read(app, '.gitignore') ?? ''
  const after = `${endLine(before)}${before === '' ? '' : '\n'}# Authpipe: secrets and the database of development\n${missing.map((path) => `/${path}`).join('\n')}\n`
  return [{ path: '.gitignore', action: before === '' ? 'create' : 'extend', before, after, secrets: [] }]
}

function isIgnored(app: NextApp, path: string): boolean {
  // Git knows every rule that counts, also those of folders above. A folder is told from a file by its slash.
  const git = spawnSync('git', ['check-ignore', '-q', path === '.authpipe' ? '.authpipe/' : path], { cwd: app.directory, stdio: 'ignore' })
  if (git.status === 0 || git.status === 1) return git.status === 0
  const rules = (read(app, '.gitignore') ?? '').split('\n').map((line) => line.trim().replace(/^\/|\/$/g, ''))
  return rules.includes(path) || (path === '.env.local' && (rules.includes('.env*') || rules.includes('.env*.local') || rules.includes('*.local')))
}

/** As a value stands in the file, where a bare `$` would begin the name of a variable. */
const escaped = (value: string): string => value.replaceAll('$', '\\$')

const endLine = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

/** @returns `undefined` where there is no such file */
function read({ directory }: NextApp, path: string): string | undefined {
  const place = join(directory, path)
  if (isDirectory(place)) throw new Failure(`${path} is a folder, and should be a file: nothing was written.`)
  return isFile(place) ? readFileSync(place, 'utf8') : undefined
}
