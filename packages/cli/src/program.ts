import { AuthpipeError } from '@authpipe/core'
import { Command, CommanderError } from 'commander'
import { doctorCommand } from './commands/doctor.ts'
import { exportTenantCommand } from './commands/exportTenant.ts'
import { importCommand } from './commands/import.ts'
import { importTenantCommand } from './commands/importTenant.ts'
import { initCommand } from './commands/init.ts'
import { keygenCommand } from './commands/keygen.ts'
import { migrateCommand } from './commands/migrate.ts'
import { providersCommand } from './commands/providers.ts'
import { rotateKeysCommand } from './commands/rotateKeys.ts'
import { sandboxCommand } from './commands/sandbox.ts'
import { secretKeyCommand } from './commands/secretKey.ts'
import { Failure, type ExitCode } from './Failure.ts'
import { isNodeNewEnough, oldestNode } from './isNodeNewEnough.ts'
import { ownVersion } from './ownVersion.ts'
import { note, printJson } from './terminal.ts'

/** Runs the command line. @returns what the process ends with */
export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  const program = createProgram()
  try {
    await program.parseAsync(args, { from: 'user' })
    return process.exitCode === 1 ? 1 : 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    return report(error, args.includes('--json'))
  }
}

function createProgram(): Command {
  const program = new Command('authpipe')
    .description('Sets Authpipe up in a Next.js app, and finds what is misconfigured.')
    .version(ownVersion(), '-v, --version')
    .showHelpAfterError('Add --help to see how it is used.')
    .addHelpText(
      'after',
      `
Start with:
  $ npx authpipe init       writes the few files that your app needs
  $ npx authpipe doctor     says what is wrong, and the fix

Exit codes: 0 all is well, 1 a problem was found or something failed, 2 the command was used wrongly.
Nothing is sent anywhere but where you point it, and no command but keygen and secret-key prints a secret.`,
    )
    .hook('preAction', (_, command) => {
      // The doctor says so itself, beside everything else.
      if (command.name() === 'doctor' || isNodeNewEnough()) return
      throw new Failure(`Authpipe needs Node.js ${oldestNode} or newer, and this is ${process.versions.node}: install a newer one.`)
    })
  const commands = [
    initCommand(), doctorCommand(), migrateCommand(), providersCommand(), sandboxCommand(), keygenCommand(), secretKeyCommand(), rotateKeysCommand(),
    importCommand(), exportTenantCommand(), importTenantCommand(),
  ]
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program))
  }
  // Inherited settings come with the command, so what they do at the end comes last.
  for (const command of [program, ...program.commands]) command.exitOverride()
  return program
}

function report(error: unknown, isJson: boolean): ExitCode {
  const { message, code, docsUrl } = describe(error)
  if (isJson) printJson({ error: { message, code, docsUrl } })
  else note(`authpipe: ${message}${docsUrl === undefined ? '' : `\n${docsUrl}`}`)
  return error instanceof Failure ? error.exitCode : 1
}

/** Our own words go out whole; the text of anybody else's error could hold a secret, so it is named by where it came from. */
function describe(error: unknown): { readonly message: string; readonly code?: string; readonly docsUrl?: string } {
  if (error instanceof Failure) return { message: error.message }
  if (error instanceof AuthpipeError) return { message: error.message, code: error.code, docsUrl: error.docsUrl }
  const name = error instanceof Error ? error.name : typeof error
  return { message: `Something went wrong that was not foreseen (${name}${placeOf(error)}). Please report it with the command that you ran.` }
}

function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { message, stack = '' } = error
  // The stack begins with the text, which could itself read like a frame.
  const frame = /\n\s+at ([^\n]+)/.exec(stack.slice(stack.indexOf(message) + message.length))?.[1]
  return frame === undefined ? '' : `, at ${frame.replace(/\(?(?:file:\/\/)?\/.*\//, '(')}`
}
