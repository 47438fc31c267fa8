// A fetch handler behind a real HTTP server of this machine.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import type { Handler } from '../src/createAuthpipe.ts'

export interface Served {
  /** Without a slash at its end. */
  readonly origin: string
  close(): Promise<void>
}

/**
 * @param publicOrigin - what the handler takes for its own origin
 * @param port - where it listens; any that is free by default
 */
export async function serveHandler(handler: Handler, publicOrigin: string, port = 0): Promise<Served> {
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', rawHeaders } = incoming
    const headers = new Headers()
    for (let index = 0; index < rawHeaders.length; index += 2) headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
    const body = method === 'GET' || method === 'HEAD' ? {} : { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' as const }
    void handler(new Request(publicOrigin + url, { method, headers, ...body })).then(async (response) => {
      outgoing.writeHead(response.status, Object.fromEntries(response.headers))
      outgoing.end(Buffer.from(await response.arrayBuffer()))
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
