import { Command, InvalidArgumentError } from 'commander'
import { createEncryptionKey } from '../randomKeys.ts'
import { note, print, printJson } from '../terminal.ts'

export function keygenCommand(): Command {
  return new Command('keygen')
    .summary('make an encryption key for AUTHPIPE_KEYS')
    .description('Makes a key-encryption key, the one that protects every stored token. It goes into AUTHPIPE_KEYS and is kept nowhere else.')
    .option('--id <id>', 'names the key: 1 to 32 letters, digits, ".", "_" or "-", unlike any key before it (default: a random one)', parseId)
    .option('--json', 'answers { "id", "key" }')
    .addHelpText(
      'after',
      `
Examples:
  $ npx authpipe keygen >> keys.txt
  $ npx authpipe keygen --id 2026-12

To replace a key, put the new one first and keep the old one behind it, after a comma:
  AUTHPIPE_KEYS=2026-12:…,2025-12:…`,
    )
    .action(({ id, json }: { readonly id?: string; readonly json?: boolean }) => {
      const key = createEncryptionKey(id)
      if (json) printJson({ id: key.slice(0, key.indexOf(':')), key })
      else print(key)
      if (process.stdout.isTTY && !json) note('Put it into AUTHPIPE_KEYS, and keep it out of the database and its backups: together they give every token.')
    })
}

function parseId(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(id)) return id
  throw new InvalidArgumentError('An id has 1 to 32 letters, digits, ".", "_" or "-".')
}
