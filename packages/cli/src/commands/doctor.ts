import { Command, InvalidArgumentError } from 'commander'
import { resolve } from 'node:path'
import { existingFolder } from '../app/existingFolder.ts'
import { isFile } from '../app/findSource.ts'
import { Failure } from '../Failure.ts'
import { print, printJson } from '../terminal.ts'

interface DoctorArguments {
  readonly app: string
  readonly server?: string
  readonly url?: URL
  readonly baseUrl?: URL
  readonly database?: string
  readonly production?: boolean
  readonly json?: boolean
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('find what is misconfigured, and name the fix')
    .description(
      [
        'Looks at an app, its environment, its database, its providers and its running server, and says of each problem what to do about it.',
        'It changes nothing and prints no secret. What could not be checked is said too, with the reason.',
      ].join(' '),
    )
    .option('--app <directory>', 'the app', '.')
    .option('--server <file>', 'the module that calls createAuthpipe (default: the one that the route imports)')
    .option('--url <url>', 'a page on which people connect, such as https://app.example.com/integrations', parseUrl)
    .option('--base-url <url>', "public URL of the mounted routes (default: the app's own)", parseUrl)
    .option('--database <url>', "file:… or postgres://… (default: the app's own)")
    .option('--production', 'reads .env.production instead of .env.development, and asks for what production needs')
    .option('--json', 'answers { "ok", "problems", "warnings", "notChecked", "checks" }')
    .addHelpText(
      'after',
      `
Examples:
  $ npx authpipe doctor                                                       with the app running
  $ npx authpipe doctor --production --url https://app.example.com/settings   a deployment, from where its environment is

It loads the app's module in a process of its own. Where Node.js alone cannot, options come from the environment, the .env files,
--base-url and --database. Exit code 1 where there is a problem.`,
    )
    .action(async ({ json, production, app, ...rest }: DoctorArguments) => {
      const [{ examine }, { countFindings, describeFindings }, { modeOf }] = await Promise.all([
        import('../doctor/doctor.ts'),
        import('../doctor/describeFindings.ts'),
        import('../app/loadEnvironment.ts'),
      ])
      const directory = existingFolder(app)
      if (rest.server !== undefined && !isFile(resolve(directory, rest.server))) throw new Failure(`There is no file ${rest.server}: name the module that calls createAuthpipe, below the app.`, 2)
      const findings = await examine({ ...rest, app: directory, mode: modeOf(production) })
      const { problems, warnings, notChecked } = countFindings(findings)
      const isWell = problems + warnings === 0
      if (json) printJson({ ok: isWell, problems, warnings, notChecked, checks: findings })
      else for (const line of describeFindings(findings)) print(line)
      if (!isWell) process.exitCode = 1
    })
}

function parseUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text)
  throw new InvalidArgumentError('It is a URL such as https://app.example.com.')
}
