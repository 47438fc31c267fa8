import { Command } from 'commander'
import { withAppOptions, type AppOptions } from '../app/appOptions.ts'
import { readGivenFile } from '../readGivenFile.ts'
import { note, print, printJson } from '../terminal.ts'

interface ImportOptions extends AppOptions {
  readonly key: string
  readonly as?: string
  readonly json?: boolean
}

export function importTenantCommand(): Command {
  return withAppOptions(new Command('import-tenant').argument('<file>', 'what "export-tenant" wrote'))
    .summary('bring a tenant in that was exported elsewhere')
    .description(
      [
        'Stores what a file of "export-tenant" holds under the keys of this app. The whole file is checked before anything is written; it may end',
        'anywhere and be run again. It ends with 1 where an account is connected here already.',
      ].join(' '),
    )
    .requiredOption('--key <file>', 'the private key that "keygen --transfer" wrote')
    .option('--as <tenant>', 'the tenant that the connections shall belong to (default: the one that was exported)')
    .option('--json', 'answers the report of authpipe.importTenant()')
    .action(async (path: string, { key, as, json, ...app }: ImportOptions) => {
      const [{ findAppModule }, { withAuthpipe }] = await Promise.all([import('../app/findAppModule.ts'), import('../app/withAuthpipe.ts')])
      const file = readGivenFile(path)
      const how = { key: readGivenFile(key), ...(as === undefined ? {} : { tenantId: as }) }
      const report = await withAuthpipe(findAppModule(app), (ask) => ask('importTenant', file, how))

      if (report.conflicts.length > 0) process.exitCode = 1
      if (json) return printJson(report)
      const { tenantId, imported, returned, unchanged, webhookEndpoints } = report
      print(`Tenant: ${tenantId}. Connections stored: ${imported}, come back: ${returned}, as they were: ${unchanged}. Webhook endpoints stored: ${webhookEndpoints}.`)
      for (const { provider, connectionId, presentConnectionId } of report.conflicts) {
        note(`Left out: connection ${connectionId} of ${provider}. Its account is here already, as ${presentConnectionId}.`)
      }
    })
}
