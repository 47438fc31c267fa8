import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'

/** A webhook as it came in. */
export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What webhooks are sent to: keeps them and answers 204, or a redirect. */
export class Receiver {
  readonly received: ReceivedWebhook[] = []
  location: string | undefined
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<Receiver> {
    const server = createServer()
    const receiver = new Receiver(server)
    server.on('request', (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        receiver.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
        response.writeHead(receiver.location === undefined ? 204 : 302, receiver.location === undefined ? {} : { location: receiver.location }).end()
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return receiver
  }

  get url(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/hook`
  }

  /** The last webhook that came. */
  get last(): ReceivedWebhook {
    const found = this.received.at(-1)
    if (!found) throw new Error('No webhook came.')
    return found
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
