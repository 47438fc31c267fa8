import { resolveCommand, type Agent, type Command } from 'package-manager-detector'
import type { NextApp } from '../app/findNextApp.ts'
import { clientVariables, comesBack, isAppOfTenant, needsClient } from '../providers/needs.ts'
import { titles } from './identifyCode.ts'
import type { InitChoices } from './InitChoices.ts'
import type { Plan } from './planFiles.ts'

/** What is left to do once the files are written. */
export interface NextSteps {
  /** Files to put together by hand, with what belongs into each. */
  readonly byHand: readonly { readonly path: string; readonly text: string }[]
  /** The command that installs what is missing; absent where nothing is. */
  readonly install?: string
  /** What to register at each provider; empty where stand-ins play them. */
  readonly register: readonly { readonly provider: string; readonly name: string; readonly redirectUri: string; readonly environment: readonly string[] }[]
  /** The command that starts stand-ins. */
  readonly sandbox?: string
  readonly start: string
  /** The page with the buttons. */
  readonly page?: string
  readonly doctor: string
  /** What was guessed and has to be looked at. */
  readonly remarks: readonly string[]
}

export function nextSteps(app: NextApp, choices: InitChoices, plan: Plan): NextSteps {
  const { packageManager, packageJson } = app
  const origin = `http://localhost:${app.developmentPort}`
  const wanted = [
    '@authpipe/next',
    '@authpipe/react',
    '@tanstack/react-query',
    ...(choices.sandbox ? ['@authpipe/sandbox'] : []),
    ...(choices.database === 'sqlite' ? [] : ['pg']),
  ].filter((name) => packageJson.dependencies[name] === undefined)
  const registered = choices.sandbox ? [] : choices.providers.filter((definition) => needsClient(definition) && comesBack(definition) && !isAppOfTenant(definition))
  return {
    byHand: plan.files.filter(({ action }) => action === 'by_hand').map(({ path, after }) => ({ path, text: after })),
    ...(wanted.length > 0 ? { install: write(packageManager, 'add', wanted) } : {}),
    register: registered.map((definition) => ({
      provider: definition.id,
      name: definition.name,
      redirectUri: `${origin}/api/authpipe/callback/${definition.id}`,
      environment: clientVariables(definition),
    })),
    ...(choices.sandbox ? { sandbox: write(packageManager, 'execute', ['authpipe', 'sandbox']) } : {}),
    start: write(packageManager, 'run', ['dev']),
    ...(choices.page ? { page: `${origin}/integrations` } : {}),
    doctor: write(packageManager, 'execute', ['authpipe', 'doctor']),
    remarks: [...plan.remarks, ...(choices.auth === 'none' ? ['No auth library was found: say in lib/authpipe who is signed in.'] : [`identify is written for ${titles[choices.auth]}: see that tenantId is what you mean by a tenant.`])],
  }
}

function write(agent: Agent, command: Command, args: string[]): string {
  const resolved = resolveCommand(agent, command, args) ?? resolveCommand('npm', command, args)
  return resolved ? [resolved.command, ...resolved.args].join(' ') : args.join(' ')
}
