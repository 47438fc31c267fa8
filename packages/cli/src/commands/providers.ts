import { Command } from 'commander'
import { Failure } from '../Failure.ts'
import type { ProviderFacts } from '../providers/describeProvider.ts'
import { columns, paint, print, printJson } from '../terminal.ts'

interface ProvidersOptions {
  readonly baseUrl?: string
  readonly json?: boolean
}

export function providersCommand(): Command {
  return new Command('providers')
    .summary('show the built-in providers, and what to register where')
    .description('Shows the built-in providers, or of one: how it is connected, its scopes, what to do in its console and the redirect URI to register there.')
    .argument('[id]', 'one of them, such as livechat')
    .option('--base-url <url>', 'public URL of the mounted routes (default: AUTHPIPE_BASE_URL, else the one of development)')
    .option('--json', 'answers the same for a program')
    .addHelpText(
      'after',
      `
Examples:
  $ npx authpipe providers
  $ npx authpipe providers livechat --base-url https://app.example.com/api/authpipe`,
    )
    .action(async (id: string | undefined, { baseUrl, json }: ProvidersOptions) => {
      const [{ catalog }, { describeProvider, wayNames }, { baseUrlOf }] = await Promise.all([
        import('@authpipe/core/providers'),
        import('../providers/describeProvider.ts'),
        import('../app/baseUrlOf.ts'),
      ])
      const base = baseUrlOf(baseUrl)
      const all = catalog.map(({ definition }) => describeProvider(definition, base))
      if (id === undefined) {
        if (json) return printJson(all)
        for (const line of columns(all.map((facts) => [facts.id, facts.ways.map((way) => wayNames[way]).join(', '), facts.description]))) print(line)
        return print(paint('dim', '\nauthpipe providers <id> says what to do in its console. Your own providers are made with defineProvider.'))
      }
      const facts = all.find((one) => one.id === id)
      if (!facts) throw new Failure(`There is no built-in provider "${id}". There are ${all.map((one) => one.id).join(', ')}; your own are made with defineProvider.`, 2)
      if (json) return printJson(facts)
      for (const line of describe(facts, wayNames)) print(line)
    })
}

function describe(facts: ProviderFacts, wayNames: Readonly<Record<string, string>>): string[] {
  const { name, description, docsUrl, ways, setup, callbackNote, redirectUri, environment, scopes } = facts
  return [
    `${paint('bold', name)}: ${ways.map((way) => wayNames[way]).join(', ')}`,
    description,
    docsUrl,
    '',
    paint('bold', 'In its console'),
    ...setup.map((step, index) => `  ${index + 1}. ${step}`),
    ...(callbackNote === undefined ? [] : [`  ${callbackNote}`]),
    ...(redirectUri === undefined ? [] : ['', paint('bold', 'Redirect URI, to the letter'), `  ${redirectUri}`]),
    ...(facts.isAppOfTenant ? ['', "Each tenant that signs in brings an app of its own; authpipe.callbackUrl({ provider, tenantId }) gives the tenant's redirect URI."] : []),
    ...(environment.length === 0 ? [] : ['', paint('bold', 'Environment'), ...environment.map((variable) => `  ${variable}=`)]),
    ...(scopes.length === 0 ? [] : ['', paint('bold', 'Scopes')]),
    ...columns(scopes.map((scope) => [`  ${scope.id}`, scope.minimumRole ? `${scope.description} (needs ${scope.minimumRole})` : scope.description])),
  ]
}
