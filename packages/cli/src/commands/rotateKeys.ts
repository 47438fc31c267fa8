import { Command } from 'commander'
import { resolve } from 'node:path'
import { existingFolder } from '../app/existingFolder.ts'
import { isFile } from '../app/findSource.ts'
import { Failure } from '../Failure.ts'
import { note, print, printJson } from '../terminal.ts'

interface RotateOptions {
  readonly app: string
  readonly server?: string
  readonly tenant?: string
  readonly reencrypt: boolean
  readonly production?: boolean
  readonly json?: boolean
}

export function rotateKeysCommand(): Command {
  return new Command('rotate-keys')
    .summary('move every tenant to the current encryption key')
    .description(
      [
        'Moves every tenant to the first key of AUTHPIPE_KEYS: wraps their keys anew, gives them new ones and seals their secrets anew, beside',
        'running servers. It may end anywhere and be run again. At the end it says which keys can be taken out of AUTHPIPE_KEYS.',
      ].join(' '),
    )
    .option('--app <directory>', 'the app, whose options and .env files count', '.')
    .option('--server <file>', 'the module that calls createAuthpipe (default: the one that the route imports)')
    .option('--tenant <id>', 'gives this tenant alone a new key, whichever key it has')
    .option('--no-reencrypt', 'only wraps the keys of tenants anew, which is quicker and lets the old key go too')
    .option('--production', 'reads .env.production instead of .env.development')
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
    .action(async ({ app, server, tenant, reencrypt, production, json }: RotateOptions) => {
      const [{ findAppFolder, findMount, findServerFile }, { modeOf }, { askToRotate }] = await Promise.all([
        import('../doctor/findMount.ts'),
        import('../app/loadEnvironment.ts'),
        import('../rotate/askToRotate.ts'),
      ])
      const directory = existingFolder(app)
      const appFolder = findAppFolder(directory)
      const serverFile = server === undefined ? findServerFile(directory, appFolder === undefined ? undefined : findMount(directory, appFolder)) : resolve(directory, server)
      if (serverFile === undefined || !isFile(serverFile)) throw new Failure('There is no module that calls createAuthpipe here: name the app with --app, or the module with --server.', 2)
      const report = await askToRotate({ directory, serverFile, mode: modeOf(production), reencrypt, ...(tenant === undefined ? {} : { tenantId: tenant }) })

      if (report.unreadable > 0) process.exitCode = 1
      if (json) return printJson(report)
      print(`Tenants: ${report.tenants}. Keys wrapped anew: ${report.rewrappedKeys}, made: ${report.newKeys}, removed: ${report.removedKeys}. Secrets sealed anew: ${report.resealed}.`)
      if (report.keptKeys > 0) print(`Replaced keys that are kept for an hour, since a server may still use them: ${report.keptKeys}. Run this again after that.`)
      if (report.removableKids.length > 0) print(`Can be taken out of AUTHPIPE_KEYS: ${report.removableKids.join(', ')}`)
      if (report.unreadable > 0) note(`Secrets that no key opens: ${report.unreadable}. They stay as they are; the tenants have to connect again.`)
    })
}
