import { Command } from 'commander'
import { createSecretKey } from '../randomKeys.ts'
import { note, print, printJson } from '../terminal.ts'

export function secretKeyCommand(): Command {
  return new Command('secret-key')
    .summary('make a bearer key for AUTHPIPE_SECRET_KEYS')
    .description('Makes a key by which another service of yours may ask for credentials. The server has it in AUTHPIPE_SECRET_KEYS, the service sends it.')
    .option('--json', 'answers { "key" }')
    .addHelpText(
      'after',
      `
To replace a key without a pause, let the server know both for a while:
  AUTHPIPE_SECRET_KEYS=ap_new…,ap_old…`,
    )
    .action(({ json }: { readonly json?: boolean }) => {
      const key = createSecretKey()
      if (json) printJson({ key })
      else print(key)
      if (process.stdout.isTTY && !json) note('Whoever has it can read every credential: keep it in the environment of your servers.')
    })
}
