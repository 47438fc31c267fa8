import { catalog } from '@authpipe/core/providers'
import { Command, InvalidArgumentError, Option } from 'commander'
import { authLibraries } from '../app/authLibraries.ts'
import { existingFolder } from '../app/existingFolder.ts'
import type { InitOptions } from '../init/init.ts'

export function initCommand(): Command {
  return new Command('init')
    .summary('write the few files that an app needs')
    .description(
      [
        'Writes the server module, the route, instrumentation and the variables that a Next.js app with the App Router needs. It looks at how your',
        'app is built (src, path alias, package manager, auth library), replaces nothing without asking, and can be repeated.',
      ].join(' '),
    )
    .option('--app <directory>', 'the app', '.')
    .option('--provider <id>', 'a provider to offer; repeat it for more. Without it you are asked', collect, [])
    .addOption(new Option('--auth <library>', 'what signs people in (default: what is among the dependencies)').choices(authLibraries))
    .option('--database <url>', '"sqlite" for a file that needs no set-up, or a postgres:// URL', parseDatabase, 'sqlite' as const)
    .option('--sandbox', 'let local stand-ins play the providers, so that nothing has to be registered yet')
    .option('--no-sandbox', 'use the providers themselves')
    .option('--page', 'also write a page /integrations with a button for each provider')
    .option('--no-page', 'write no page')
    .option('--dry-run', 'writes nothing, and shows what would change')
    .option('--force', 'replaces files that are there and differ, without asking')
    .option('--json', 'answers { "files", "next" }, and asks nothing')
    .addHelpText(
      'after',
      `
Examples:
  $ npx authpipe init                                            asks
  $ npx authpipe init --provider livechat --sandbox --page       a page that connects, within minutes
  $ npx authpipe init --provider livechat --provider crisp --dry-run

Without a terminal nothing is asked: name providers by --provider, and pass --force to replace files.`,
    )
    .action(async (options: InitOptions) => {
      const { init } = await import('../init/init.ts')
      await init({ ...options, app: existingFolder(options.app) })
    })
}

const providerIds = catalog.map(({ definition }) => definition.id)

function collect(id: string, before: readonly string[]): readonly string[] {
  if (!providerIds.includes(id)) throw new InvalidArgumentError(`There are ${providerIds.join(', ')}. Your own are made with defineProvider, and added to lib/authpipe by hand.`)
  return before.includes(id) ? before : [...before, id]
}

function parseDatabase(text: string): InitOptions['database'] {
  if (text === 'sqlite') return text
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return new URL(text)
  throw new InvalidArgumentError('It is "sqlite" or a URL such as postgres://user:password@host:5432/name.')
}
