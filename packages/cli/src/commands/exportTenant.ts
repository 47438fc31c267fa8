import { Command } from 'commander'
import { resolve } from 'node:path'
import { withAppOptions, type AppOptions } from '../app/appOptions.ts'
import { readGivenFile } from '../readGivenFile.ts'
import { print, printJson } from '../terminal.ts'
import { checkNewFile, writeNewFile } from '../writeNewFile.ts'

interface ExportOptions extends AppOptions {
  readonly to: string
  readonly out: string
  readonly json?: boolean
}

export function exportTenantCommand(): Command {
  return withAppOptions(new Command('export-tenant').argument('<tenant>', 'the id of the tenant'))
    .summary('write a tenant into one encrypted file, and hand it over')
    .description(
      [
        'Writes everything of a tenant into one file that only the holder of the private key can read. From then on its connections are not',
        'refreshed here any more, until they are imported back: a provider that rotates tokens ends the grant of whoever refreshes second.',
        'Run again, it gives the same again.',
      ].join(' '),
    )
    .requiredOption('--to <file>', 'the public key of who receives it, as "keygen --transfer" printed it')
    .requiredOption('--out <file>', 'where to write it; a file that is there is not written over')
    .option('--json', 'answers { "tenantId", "file" }')
    .action(async (tenantId: string, { to, out, json, ...app }: ExportOptions) => {
      const [{ findAppModule }, { withAuthpipe }] = await Promise.all([import('../app/findAppModule.ts'), import('../app/withAuthpipe.ts')])
      const path = resolve(out)
      const recipient = readGivenFile(to)
      // While nothing is handed over yet.
      checkNewFile(path)
      const file = await withAuthpipe(findAppModule(app), (ask) => ask('exportTenant', { tenantId, recipient }))
      writeNewFile(path, file)

      if (json) return printJson({ tenantId, file: path })
      print(`Wrote ${out}. "${tenantId}" is not refreshed here any more: import the file in its new place soon.`)
    })
}
