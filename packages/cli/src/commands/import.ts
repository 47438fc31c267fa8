import { Command, InvalidArgumentError, Option } from 'commander'
import { withAppOptions, type AppOptions } from '../app/appOptions.ts'
import { layoutNames } from '../import/Layout.ts'
import type { ReadingOptions } from '../import/readConnections.ts'
import { columns, note, print, printJson, progressLine } from '../terminal.ts'

interface ImportOptions extends AppOptions, Omit<ReadingOptions, 'directory'> {
  readonly skipInvalid?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

export function importCommand(): Command {
  return withAppOptions(new Command('import'))
    .summary('take over connections, with their tokens, from elsewhere')
    .description(
      [
        'Takes over connections from Nango, Auth.js or Better Auth, so that nobody has to connect again. Every row is checked before anything is',
        'written. It may end anywhere and be run again: what is done is not done twice. First end what refreshes the tokens at the old place.',
      ].join(' '),
    )
    .argument('<source>', 'a JSON file (- for the standard input), file:… for SQLite, or postgres://…')
    .addOption(new Option('--from <place>', 'how the rows are laid out').choices(layoutNames).makeOptionMandatory())
    .option('--provider <id>', 'imports this provider; <their id>=<our id> where the two differ; repeat it for more (default: all)', addProvider)
    .option('--tenant <id>', 'all of it is for this tenant')
    .addOption(new Option('--tenant-from <what>', 'the user, or the organization, of a row is the tenant').choices(['user', 'organization']).conflicts('tenant'))
    .addOption(new Option('--tenants <file>', 'JSON object of tenant ids by user ids').conflicts(['tenant', 'tenantFrom']))
    .option('--table <name>', 'the table, where it has another name than usual')
    .option('--skip-invalid', 'imports the rows that are right, instead of none')
    .option('--dry-run', 'checks every row, writes nothing and asks no provider')
    .option('--json', 'answers { "rows", "invalid" }')
    .addHelpText(
      'after',
      `
Examples:
  $ npx authpipe import file:auth.db --from better-auth --provider livechat --tenant-from user --dry-run
  $ npx authpipe import connections.jsonl --from nango --provider helpscout=help-scout --tenant-from organization
  $ npx authpipe import postgres://… --from authjs --tenants tenants.json`,
    )
    .action(async (source: string, { json, dryRun, skipInvalid, ...options }: ImportOptions) => {
      const [{ findAppModule }, { withAuthpipe }, { readConnections }, { checkConnections, importConnections }] = await Promise.all([
        import('../app/findAppModule.ts'),
        import('../app/withAuthpipe.ts'),
        import('../import/readConnections.ts'),
        import('../import/importConnections.ts'),
      ])
      const app = findAppModule(options)
      const found = await readConnections(source, { ...options, directory: app.directory })
      const progress = progressLine((done) => `Connections: ${done} of ${found.connections.length}`)
      const { rows, problems, isStopped } = await withAuthpipe(app, async (ask) => {
        const checked = await checkConnections(ask, found.connections)
        const all = [...found.problems, ...checked.problems]
        const stops = all.length > 0 && !skipInvalid
        const imported = stops ? [] : dryRun ? checked.rows : await importConnections(ask, checked.fit, progress.show)
        return { rows: imported, problems: all, isStopped: stops }
      }).finally(progress.end)

      if (problems.length > 0 || rows.some(({ outcome }) => outcome === 'refused' || outcome === 'unverified')) process.exitCode = 1
      if (json) return printJson({ rows, invalid: problems })
      for (const { row, problem } of problems) note(`${row}: ${problem}`)
      if (isStopped) return note(`Rows that cannot be imported: ${problems.length}. Nothing was imported. Mend them, or leave them out with --skip-invalid.`)
      if (found.others > 0) note(`Rows of other providers, left out: ${found.others}.`)
      if (found.empty > 0) note(`Rows without tokens, left out: ${found.empty}.`)
      const brief = found.connections.filter(({ connection }) => connection.accessToken !== undefined && connection.refreshToken === undefined).length
      if (brief > 0) note(`Rows without a refresh token: ${brief}. They last as long as their access token.`)
      for (const line of columns([['row', 'tenant', 'user', 'provider', 'outcome'], ...rows.map(toCells)])) print(line)
      if (rows.some(({ outcome }) => outcome === 'unverified')) note('The provider has not said yet whose account some are. They work; run this again to find out.')
    })
}

function addProvider(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const [theirs = '', ours = theirs, ...more] = text.split('=')
  if (theirs === '' || ours === '' || more.length > 0) throw new InvalidArgumentError('It is <id>, or <their id>=<our id>.')
  return new Map([...before, [theirs, ours]])
}

function toCells({ row, tenantId, userId = '', provider, outcome, reason }: { readonly row: string; readonly tenantId: string; readonly userId?: string; readonly provider: string; readonly outcome: string; readonly reason?: string }): string[] {
  return [row, tenantId, userId, provider, reason === undefined ? outcome : `${outcome} (${reason})`]
}
