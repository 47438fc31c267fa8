#!/usr/bin/env node
import { startSandbox } from './startSandbox.ts'

const fail = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

const port = Number(process.env.PORT ?? 4010)
if (!Number.isInteger(port) || port < 0 || port > 65_535) fail('PORT must be a number between 0 and 65535.')

try {
  const sandbox = await startSandbox({ port })
  process.stdout.write(`Authpipe sandbox: ${sandbox.url}\n`)
  const stop = (): void => void sandbox.close()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
} catch (error) {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  fail(taken ? `Port ${port} is taken. Set PORT to another one, or stop what listens there.` : `The sandbox cannot start: ${String(error)}`)
}
