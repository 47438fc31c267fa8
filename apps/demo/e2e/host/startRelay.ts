import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthpipe, type Authpipe, type RelayOptions } from '@authpipe/next'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { plain } from '../../plain.ts'
import { portOf } from '../portOf.ts'
import { basePath, toRequest } from './startHost.ts'

/** A deployment whose host stays, to which nobody is signed in. */
export interface Relay {
  readonly baseUrl: string
  /** What a preview that returns through it is given. */
  readonly options: RelayOptions
  /** Names the preview that answers are passed on to. */
  relayTo(origin: string): void
  stop(): Promise<void>
}

/** On `127.0.0.1`, while previews are on `localhost`: another site. */
export async function startRelay(sandboxUrl: string): Promise<Relay> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'authpipe-relay-'))
  const secret = randomBytes(32).toString('base64')
  let authpipe: Authpipe | undefined
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${portOf(server)}`
  const baseUrl = origin + basePath

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const response = await authpipe?.handler(await toRequest(incoming, origin))
    outgoing.writeHead(response?.status ?? 503, Object.fromEntries(response?.headers ?? []))
    outgoing.end(Buffer.from((await response?.arrayBuffer()) ?? new ArrayBuffer()))
  }

  return {
    baseUrl,
    options: { through: baseUrl, secret },
    relayTo(previewOrigin) {
      authpipe = createAuthpipe({
        providers: [plain({ ...sandboxClient('plain'), endpoints: sandboxEndpoints('plain', sandboxUrl) })],
        identify: async () => null,
        baseUrl,
        relay: { to: [previewOrigin], secret },
        keys: `test:${randomBytes(32).toString('base64')}`,
        database: `file:${join(dataFolder, 'authpipe.db')}`,
        allowInsecureLoopback: true,
        maintenance: 'manual',
      })
    },
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
      await authpipe?.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
