import { Command, InvalidArgumentError } from 'commander'
import { Failure } from '../Failure.ts'
import { paint, print, printJson } from '../terminal.ts'

export function sandboxCommand(): Command {
  return new Command('sandbox')
    .summary('run stand-ins for the providers')
    .description(
      [
        'Runs local stand-ins for the providers, with consent pages, tokens and faults at your command, until Ctrl+C. Nothing is registered',
        'anywhere and nothing leaves this machine. For development and tests only: it signs anybody in.',
      ].join(' '),
    )
    .option('--port <number>', 'where it listens; 0 for any free port', parsePort, 4010)
    .option('--json', 'answers { "url", "endpoints" } once it listens')
    .addHelpText('after', `\nIts page at / shows who can sign in and which keys there are to paste.`)
    .action(async ({ port, json }: { readonly port: number; readonly json?: boolean }) => {
      const [{ startSandbox, sandboxEndpoints }, { catalog }] = await Promise.all([import('@authpipe/sandbox'), import('@authpipe/core/providers')])
      const { sandboxUse } = await import('../providers/sandboxUse.ts')
      const sandbox = await startSandbox({ port }).catch((error: unknown) => {
        const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
        throw isTaken ? new Failure(`Port ${port} is taken: name another one with --port, or stop what listens there.`) : error
      })
      const stop = (): void => void sandbox.close()
      process.once('SIGINT', stop)
      process.once('SIGTERM', stop)

      const uses = catalog.flatMap(({ definition }) => sandboxUse(definition))
      if (json) return printJson({ url: sandbox.url, endpoints: Object.fromEntries(uses.map(({ id }) => [id, sandboxEndpoints(id, sandbox.url)])) })
      print(`${paint('bold', 'Authpipe sandbox')}: ${paint('cyan', sandbox.url)}\n`)
      print('Registrations that use it, in lib/authpipe.ts:\n')
      print("  import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'\n")
      print(`  const sandbox = '${sandbox.url}'`)
      print('  createAuthpipe({\n    providers: [')
      for (const use of uses) print(`      ${use.register('sandbox')},`)
      print('    ],\n    allowInsecureLoopback: true,\n    …\n  })')
      print(paint('dim', '\nCtrl+C stops it and forgets everything.'))
    })
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (port <= 65_535) return port
  throw new InvalidArgumentError('A port is a number between 0 and 65535.')
}
