import { catalog } from '@authpipe/core/providers'
import type { AuthLibrary } from '../app/authLibraries.ts'
import { findAuthLibrary } from '../app/findAuthLibrary.ts'
import { findNextApp } from '../app/findNextApp.ts'
import { Failure } from '../Failure.ts'
import { isInteractive, paint, print, printJson } from '../terminal.ts'
import { describeChange, describeFile } from './describeFile.ts'
import type { InitChoices } from './InitChoices.ts'
import { nextSteps, type NextSteps } from './nextSteps.ts'
import { planFiles, type Plan } from './planFiles.ts'
import type { PlannedFile } from './PlannedFile.ts'
import { writeFiles } from './writeFiles.ts'

export interface InitOptions {
  /** The app's directory. */
  readonly app: string
  readonly provider: readonly string[]
  readonly auth?: AuthLibrary
  readonly database: InitChoices['database']
  readonly sandbox?: boolean
  readonly page?: boolean
  readonly dryRun?: boolean
  readonly force?: boolean
  readonly json?: boolean
}

/** Writes what an app needs, or says what it would write. @throws {Failure} having written nothing */
export async function init(options: InitOptions): Promise<void> {
  const { dryRun = false, force = false, json = false } = options
  const app = await findNextApp(options.app)
  const isAsking = isInteractive() && !json
  const choices = await choose(options, findAuthLibrary(app), isAsking)
  const planned = planFiles(app, choices)
  const plan: Plan = dryRun ? planned : { ...planned, files: await settle(planned.files, force, isAsking) }
  const steps = nextSteps(app, choices, plan)

  if (!dryRun) writeFiles(app.directory, plan.files.filter(({ action }) => action !== 'keep' && action !== 'by_hand'))
  if (json) {
    printJson({ dryRun, files: plan.files.map(({ path, action }) => ({ path, action })), next: steps })
    return
  }
  print(dryRun ? `In ${app.directory}, nothing is written:\n` : `In ${app.directory}:\n`)
  for (const file of plan.files) {
    print(describeFile(file, dryRun))
    if (dryRun && file.action !== 'by_hand') for (const line of describeChange(file)) print(line)
  }
  for (const line of describeSteps(steps)) print(line)
}

async function choose(options: InitOptions, found: AuthLibrary, isAsking: boolean): Promise<InitChoices> {
  const { provider, auth = found, database } = options
  const definitions = catalog.map(({ definition }) => definition)
  if (provider.length > 0) {
    return { providers: definitions.filter(({ id }) => provider.includes(id)), auth, database, sandbox: options.sandbox ?? false, page: options.page ?? false }
  }
  if (!isAsking) throw new Failure(`Nobody can be asked here, so name each provider: --provider livechat. There are ${definitions.map(({ id }) => id).join(', ')}.`, 2)
  const { askProviders, askWhether } = await import('./askChoices.ts')
  return {
    providers: await askProviders(definitions),
    auth,
    database,
    sandbox: options.sandbox ?? (await askWhether('Begin with stand-ins for the providers, so that nothing has to be registered yet?', true)),
    page: options.page ?? (await askWhether('Write a page /integrations with a button for each?', true)),
  }
}

/** Decides on files that are there and differ. @throws {Failure} where nobody can be asked */
async function settle(files: readonly PlannedFile[], force: boolean, isAsking: boolean): Promise<readonly PlannedFile[]> {
  const different = files.filter(({ action }) => action === 'replace')
  if (different.length === 0 || force) return files
  if (!isAsking) {
    const names = different.map(({ path }) => path).join(', ')
    throw new Failure(`${names} ${different.length === 1 ? 'is there and differs' : 'are there and differ'}, so nothing was written. See --dry-run for how, and pass --force to replace.`)
  }
  const { askWhether } = await import('./askChoices.ts')
  const kept: PlannedFile[] = []
  for (const file of different) {
    for (const line of describeChange(file)) print(line)
    if (!(await askWhether(`Replace ${file.path}?`, false))) kept.push(file)
  }
  return files.map((file) => (kept.includes(file) ? { ...file, action: 'keep' } : file))
}

function describeSteps({ byHand, install, register, sandbox, start, page, doctor, remarks }: NextSteps): string[] {
  const steps: string[][] = [
    ...byHand.map(({ path, text }) => [`${path} is yours: put this together with what it does.`, ...text.trimEnd().split('\n').map((line) => paint('dim', line))]),
    ...(install === undefined ? [] : [['Install:', paint('cyan', install)]]),
    ...register.map(({ name, redirectUri, environment }) => [
      `Register your app at ${name} with this redirect URI, and put what it gives you into .env.local (${environment.join(', ')}):`,
      paint('cyan', redirectUri),
    ]),
    ...(sandbox === undefined ? [] : [['Start the stand-ins in a terminal of their own:', paint('cyan', sandbox)]]),
    [page === undefined ? 'Start your app:' : `Start your app and open ${page}:`, paint('cyan', start)],
    ['When something does not work:', paint('cyan', doctor)],
  ]
  return [
    ...(remarks.length === 0 ? [] : ['', ...remarks.map((remark) => `${paint('yellow', 'Look at this:')} ${remark}`)]),
    '',
    paint('bold', 'What is left to do'),
    ...steps.flatMap(([first = '', ...rest], index) => ['', `  ${index + 1}. ${first}`, ...rest.map((line) => `     ${line}`)]),
  ]
}
