// A transaction pooler at its worst: each transaction goes to the next server connection, so that nothing outlives one.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import pg from 'pg'

export interface Pooler {
  readonly url: string
  /** Transactions handed on so far. */
  transactions(): number
  close(): Promise<void>
}

/** @param serverUrl - of the database that all clients get */
export async function startTransactionPooler(serverUrl: string, size = 3): Promise<Pooler> {
  const idle = await Promise.all(Array.from({ length: size }, () => takeOver(serverUrl)))
  const all = [...idle]
  const waiting: ((connection: Socket) => void)[] = []
  let transactions = 0
  const take = (): Promise<Socket> => {
    transactions += 1
    const connection = idle.shift()
    return connection ? Promise.resolve(connection) : new Promise((resolve) => waiting.push(resolve))
  }
  const giveBack = (connection: Socket): void => {
    const next = waiting.shift()
    if (next) next(connection)
    else idle.push(connection)
  }
  const clients = new Set<Socket>()
  const server = createServer((socket) => {
    clients.add(socket)
    socket.on('close', () => clients.delete(socket)).on('error', () => undefined)
    serve(socket, take, giveBack)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The machine gave no port.')
  const url = new URL(serverUrl)
  url.port = String(address.port)
  return {
    url: url.href,
    transactions: () => transactions,
    async close() {
      for (const socket of clients) socket.destroy()
      server.close()
      for (const socket of all) socket.destroy()
    },
  }
}

/** An authenticated connection to the server, taken over from the driver that made it. */
async function takeOver(url: string): Promise<Socket> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  // The driver has no other way to its socket.
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection
  stream.removeAllListeners('data')
  return stream
}

/** Splits a stream into messages: a type and a length that counts itself. @returns what is left over */
function splitMessages(bytes: Buffer, onMessage: (message: Buffer) => void): Buffer {
  let rest = bytes
  while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
    const end = 1 + rest.readInt32BE(1)
    onMessage(rest.subarray(0, end))
    rest = rest.subarray(end)
  }
  return rest
}

const authenticated = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0])
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])
const terminate = 0x58

function serve(client: Socket, take: () => Promise<Socket>, giveBack: (connection: Socket) => void): void {
  let isStarted = false
  let fromClient: Buffer = Buffer.alloc(0)
  let held: Socket | undefined
  let queue = Promise.resolve()

  const hold = async (): Promise<Socket> => {
    if (held) return held
    const connection = await take()
    held = connection
    let fromServer: Buffer = Buffer.alloc(0)
    connection.on('data', (bytes: Buffer) => {
      fromServer = splitMessages(Buffer.concat([fromServer, bytes]), (message) => {
        client.write(message)
        // Idle, and not in a transaction: the connection goes to whoever is next.
        if (message[0] !== 0x5a || message[5] !== 0x49) return
        connection.removeAllListeners('data')
        held = undefined
        giveBack(connection)
      })
    })
    return connection
  }

  client.on('data', (bytes: Buffer) => {
    fromClient = Buffer.concat([fromClient, bytes])
    if (!isStarted) {
      if (fromClient.length < 4 || fromClient.length < fromClient.readInt32BE(0)) return
      fromClient = fromClient.subarray(fromClient.readInt32BE(0))
      isStarted = true
      client.write(Buffer.concat([authenticated, readyForQuery]))
    }
    fromClient = splitMessages(fromClient, (message) => {
      if (message[0] === terminate) return void client.end()
      const copy = Buffer.from(message)
      queue = queue.then(async () => void (await hold()).write(copy))
    })
  })
}
