// Stand-ins for key services over HTTP, written from their documentation: they check what they are sent and bind what they are told to.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A question as the service got it. */
export interface Question {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Readonly<Record<string, unknown>>
}

export interface Reply {
  readonly status: number
  readonly body: unknown
  readonly type?: string
}

/** What a service does once its protocol is read: keys by name, and bytes bound to a context. */
export class Engine {
  readonly #secret = randomBytes(32)

  encrypt(key: string, plaintext: Uint8Array, context: Uint8Array): Uint8Array {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(key), nonce, { authTagLength: 16 })
    cipher.setAAD(context)
    return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
  }

  /** @returns `undefined` for what is not genuine */
  decrypt(key: string, ciphertext: Uint8Array, context: Uint8Array): Uint8Array | undefined {
    if (ciphertext.length < 28) return undefined
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(key), ciphertext.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(context)
    decipher.setAuthTag(ciphertext.subarray(-16))
    try {
      return Buffer.concat([decipher.update(ciphertext.subarray(12, -16)), decipher.final()])
    } catch {
      return undefined
    }
  }

  #keyOf(name: string): Uint8Array {
    return createHmac('sha256', this.#secret).update(name).digest()
  }
}

export interface StandIn {
  readonly url: string
  readonly questions: Question[]
  /** What it answers instead, or `hang` for nothing at all. */
  instead: Reply | 'hang' | undefined
  close(): Promise<void>
}

export async function startStandIn(answer: (question: Question) => Reply): Promise<StandIn> {
  const questions: Question[] = []
  const server = createServer((request, response) => {
    void readQuestion(request).then((question) => {
      questions.push(question)
      if (standIn.instead === 'hang') return
      const { status, body, type = 'application/json' } = standIn.instead ?? answer(question)
      response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const standIn: StandIn = {
    url: `http://127.0.0.1:${port}`,
    questions,
    instead: undefined,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return standIn
}

async function readQuestion(request: IncomingMessage): Promise<Question> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return { path: `${request.method} ${request.url}`, headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) as Question['body'] }
}
