import { Command } from 'commander'
import { existingFolder } from '../app/existingFolder.ts'
import { print, printJson } from '../terminal.ts'

interface MigrateOptions {
  readonly app: string
  readonly database?: string
  readonly check?: boolean
  readonly production?: boolean
  readonly json?: boolean
}

export function migrateCommand(): Command {
  return new Command('migrate')
    .summary('bring the database up to date')
    .description(
      [
        'Brings the schema of the database that AUTHPIPE_DATABASE_URL names up to date. Servers do that by themselves when they start; do it here',
        'to have it done before they do, or with another user of the database. It is safe beside running servers.',
      ].join(' '),
    )
    .option('--app <directory>', 'the app, whose .env files and version of @authpipe/next count', '.')
    .option('--database <url>', 'file:… or postgres://…; needed where the app sets "database" in its code')
    .option('--check', 'changes nothing and exits with 1 where something is to be done')
    .option('--production', 'reads .env.production instead of .env.development')
    .option('--json', 'answers { "database", "before", "after", "newest" }')
    .addHelpText(
      'after',
      `
Examples:
  $ npx authpipe migrate
  $ npx authpipe migrate --check --production    in a deploy, to stop before it`,
    )
    .action(async ({ app, database, check = false, production, json }: MigrateOptions) => {
      const { importInspect } = await import('../app/importInspect.ts')
      const { loadEnvironment, modeOf } = await import('../app/loadEnvironment.ts')
      const directory = existingFolder(app)
      const { readSchema, migrateSchema } = await importInspect(directory)
      const env = loadEnvironment(directory, modeOf(production))
      // A relative path is the app's, as it is when Next.js runs there.
      process.chdir(directory)

      const before = await readSchema(database, env)
      const isPending = before.version < before.newestVersion
      const after = isPending && !check ? await migrateSchema(database, env) : before
      if (check && isPending) process.exitCode = 1
      if (json) printJson({ database: before.database, before: before.version, after: after.version, newest: before.newestVersion })
      else if (!isPending) print(`${before.database} is up to date: schema version ${before.version}.`)
      else if (check) print(`${before.database} has schema version ${before.version}, and ${before.newestVersion} is the newest: run "authpipe migrate".`)
      else print(`${before.database} went from schema version ${before.version} to ${after.version}.`)
    })
}
