import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Checks that nothing listens on a port of this machine yet.
 *
 * @throws {Error} saying which port is taken and how another is chosen
 */
export async function checkPort(port: number, variable: string): Promise<void> {
  const probe = createServer()
  try {
    // Without a host: the same wildcard address that `next start` binds.
    probe.listen(port)
    await once(probe, 'listening')
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    throw new Error(`Port ${port} ${taken ? 'is taken' : 'cannot be opened'}: end the program that uses it, or choose another with ${variable}=${port + 1} npm start.`, {
      cause: error,
    })
  } finally {
    probe.close()
  }
}
