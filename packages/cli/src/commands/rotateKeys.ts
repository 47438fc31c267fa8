import { Command } from 'commander'
import { withAppOptions, type AppOptions } from '../app/appOptions.ts'
import { note, print, printJson, progressLine } from '../terminal.ts'

interface RotateOptions extends AppOptions {
  readonly tenant?: string
  readonly reencrypt: boolean
  readonly json?: boolean
}

export function rotateKeysCommand(): Command {
  return withAppOptions(new Command('rotate-keys'))
    .summary('move every tenant to the current encryption key')
    .description(
      [
        'Moves every tenant to the first key of AUTHPIPE_KEYS: wraps their keys anew, gives them new ones and seals their secrets anew, beside',
        'running servers. It may end anywhere and be run again. At the end it says which keys can be taken out of AUTHPIPE_KEYS.',
      ].join(' '),
    )
    .option('--tenant <id>', 'gives this tenant alone a new key, whichever key it has')
    .option('--no-reencrypt', 'only wraps the keys of tenants anew, which is quicker and lets the old key go too')
    .option('--json', 'answers the report of authpipe.rotateKeys()')
    .addHelpText(
      'after',
      `
To replace a key:
  1. Put a new one first and keep the old one behind it, and start every server with both:
     AUTHPIPE_KEYS=2026-12:…,2025-12:…
  2. $ npx authpipe rotate-keys
  3. Take out the keys that it names.`,
    )
    .action(async ({ tenant, reencrypt, json, ...app }: RotateOptions) => {
      const [{ findAppModule }, { withAuthpipe }] = await Promise.all([import('../app/findAppModule.ts'), import('../app/withAuthpipe.ts')])
      const progress = progressLine((tenants) => `Tenants: ${tenants}`)
      const options = { reencrypt, ...(tenant === undefined ? {} : { tenantId: tenant }) }
      const report = await withAuthpipe(findAppModule(app), (ask) => ask('rotateKeys', options), progress.show).finally(progress.end)

      if (report.unreadable > 0) process.exitCode = 1
      if (json) return printJson(report)
      print(`Tenants: ${report.tenants}. Keys wrapped anew: ${report.rewrappedKeys}, made: ${report.newKeys}, removed: ${report.removedKeys}. Secrets sealed anew: ${report.resealed}.`)
      if (report.keptKeys > 0) print(`Replaced keys that are kept for an hour, since a server may still use them: ${report.keptKeys}. Run this again after that.`)
      if (report.removableKids.length > 0) print(`Can be taken out of AUTHPIPE_KEYS: ${report.removableKids.join(', ')}`)
      if (report.unreadable > 0) note(`Secrets that no key opens: ${report.unreadable}. They stay as they are; the tenants have to connect again.`)
    })
}
