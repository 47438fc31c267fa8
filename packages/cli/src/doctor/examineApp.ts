import { AuthpipeError } from '@authpipe/core'
import type { Environment, Inspection } from '@authpipe/next/inspect'
import { relative } from 'node:path'
import { importInspect } from '../app/importInspect.ts'
import { loadEnvironment } from '../app/loadEnvironment.ts'
import { Failure } from '../Failure.ts'
import type { AppAnswer, AppQuestion } from './appQuestion.ts'
import { checkDatabase } from './checkDatabase.ts'
import { checkProviders } from './checkProviders.ts'
import { checkRelay } from './checkRelay.ts'
import { notChecked, ok, problem, type Finding } from './Finding.ts'
import { loadFailure } from './loadFailure.ts'
import { loadServerModule } from './loadServerModule.ts'

/** Looks at an app from within its folder: its options, keys, database and providers. */
export async function examineApp(question: AppQuestion): Promise<AppAnswer> {
  // A relative database path is the app's.
  process.chdir(question.directory)
  const env = loadEnvironment(question.directory, question.mode)
  try {
    const { inspection, app } = await inspectApp(question, env)
    const { findings, baseUrl } = checkBaseUrl(inspection)
    const isLoaded = app.status === 'ok'
    return {
      findings: [
        app,
        ...findings,
        ...(await checkDatabase(inspection, question.mode)),
        ...(isLoaded ? await checkProviders(inspection, question.mode) : [notChecked('client', unknownProviders), notChecked('redirect-uri', unknownProviders)]),
        ...(isLoaded ? await checkRelay(inspection) : []),
      ],
      ...(baseUrl ? { baseUrl } : {}),
    }
  } catch (error) {
    if (error instanceof Failure) return { findings: [notChecked('app', error.message)] }
    throw error
  }
}

const unknownProviders = 'Which providers are registered, and with what, is not known: see "app".'

async function inspectApp({ directory, serverFile, baseUrl, database }: AppQuestion, env: Environment): Promise<{ readonly inspection: Inspection; readonly app: Finding }> {
  const { Inspection: Options, inspectAuthpipe } = await importInspect(directory)
  const overrides = { ...(baseUrl === undefined ? {} : { baseUrl }), ...(database === undefined ? {} : { database }) }
  const byHand = new Options(overrides, env)
  if (serverFile === undefined) {
    const message = 'No module of this folder makes the server side, so options were taken from the environment and from --base-url and --database. Name the module with --server.'
    return { inspection: byHand, app: notChecked('app', message) }
  }
  const name = relative(directory, serverFile)
  try {
    const exported = await loadServerModule(directory, serverFile)
    for (const value of Object.values(exported)) {
      const inspection = inspectAuthpipe(value, env, overrides)
      if (inspection) return { inspection, app: checkRegistrations(inspection, name) }
    }
    return { inspection: byHand, app: notChecked('app', `${name} exports nothing that createAuthpipe of the app's @authpipe/next made. Name the module that does with --server.`) }
  } catch (error) {
    return { inspection: byHand, app: error instanceof AuthpipeError ? refused(name, error) : notChecked('app', `${loadFailure(name, directory, error)} Options were taken from the environment and from --base-url and --database instead.`) }
  }
}

/** Registrations are checked when an engine opens; here nothing opens. */
function checkRegistrations(inspection: Inspection, name: string): Finding {
  try {
    inspection.checkRegistrations()
    return ok('app', `${name} loads, and its options can be used.`)
  } catch (error) {
    if (error instanceof AuthpipeError) return refused(name, error)
    throw error
  }
}

const refused = (name: string, error: AuthpipeError): Finding => problem('app', error.message, `Correct the options in ${name}, or the variables that they come from.`)

function checkBaseUrl(inspection: Inspection): { readonly findings: readonly Finding[]; readonly baseUrl?: AppAnswer['baseUrl'] } {
  try {
    const { baseUrl } = inspection
    return { baseUrl, findings: [ok('base-url', `The base URL is ${baseUrl.href}${baseUrl.isDefault ? ', the one of development' : ''}.`)] }
  } catch (error) {
    if (!(error instanceof AuthpipeError)) throw error
    return { findings: [problem('base-url', error.message, 'Set AUTHPIPE_BASE_URL to the public https URL of the mounted routes, such as https://app.example.com/api/authpipe.')] }
  }
}
