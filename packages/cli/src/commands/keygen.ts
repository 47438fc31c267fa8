import { Command, InvalidArgumentError, Option } from 'commander'
import { resolve } from 'node:path'
import { createEncryptionKey, createTransferKeys } from '../randomKeys.ts'
import { note, print, printJson } from '../terminal.ts'
import { writeNewFile } from '../writeNewFile.ts'

interface KeygenOptions {
  readonly id?: string
  readonly transfer?: string
  readonly json?: boolean
}

export function keygenCommand(): Command {
  return new Command('keygen')
    .summary('make an encryption key for AUTHPIPE_KEYS')
    .description('Makes a key-encryption key, the one that protects every stored token. It goes into AUTHPIPE_KEYS and is kept nowhere else.')
    .option('--id <id>', 'names the key: 1 to 32 letters, digits, ".", "_" or "-", unlike any key before it (default: a random one)', parseId)
    .addOption(new Option('--transfer <file>', 'makes a key pair to move a tenant with instead: writes the private key there, prints the public one').conflicts('id'))
    .option('--json', 'answers { "id", "key" }, or with --transfer { "publicKey", "privateKeyFile" }')
    .addHelpText(
      'after',
      `
Examples:
  $ npx authpipe keygen >> keys.txt
  $ npx authpipe keygen --id 2026-12
  $ npx authpipe keygen --transfer transfer.key > transfer.pub

To replace a key, put the new one first and keep the old one behind it, after a comma:
  AUTHPIPE_KEYS=2026-12:…,2025-12:…`,
    )
    .action(({ id, transfer, json }: KeygenOptions) => {
      if (transfer !== undefined) return makeTransferKeys(transfer, json)
      const key = createEncryptionKey(id)
      if (json) printJson({ id: key.slice(0, key.indexOf(':')), key })
      else print(key)
      if (process.stdout.isTTY && !json) note('Put it into AUTHPIPE_KEYS, and keep it out of the database and its backups: together they give every token.')
    })
}

function makeTransferKeys(privateKeyFile: string, isJson = false): void {
  const { publicKey, privateKey } = createTransferKeys()
  writeNewFile(resolve(privateKeyFile), privateKey)
  if (isJson) return printJson({ publicKey, privateKeyFile })
  print(publicKey.trimEnd())
  note(`The private key is in ${privateKeyFile}: it stays where the tenant goes, and is destroyed after the move. Send the public one.`)
}

function parseId(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(id)) return id
  throw new InvalidArgumentError('An id has 1 to 32 letters, digits, ".", "_" or "-".')
}
