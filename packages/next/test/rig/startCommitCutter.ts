// A way to PostgreSQL that is cut just when a transaction is to be committed.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface CommitCutter {
  /** Of the database, by this way. */
  readonly url: string
  /** Cuts the connection of the next commit: before the server hears of it, or when it has done it and nobody knows. */
  cutNext(moment: 'before' | 'after'): void
  /** How many were cut. */
  cuts(): number
  close(): Promise<void>
}

export async function startCommitCutter(databaseUrl: string): Promise<CommitCutter> {
  const target = new URL(databaseUrl)
  let armed: 'before' | 'after' | undefined
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    const cut = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', cut).on('close', () => {
        sockets.delete(socket)
        cut()
      })
    }
    client.on('data', (bytes) => {
      const isCut = armed !== undefined && bytes.includes('COMMIT')
      const moment = isCut ? armed : undefined
      if (isCut) {
        armed = undefined
        cuts += 1
      }
      if (moment === 'before') return cut()
      upstream.write(bytes)
      // What the server says to it is the proof that it was done, and goes no further.
      if (moment === 'after') upstream.removeAllListeners('data').once('data', cut)
    })
    upstream.on('data', (bytes) => void client.write(bytes))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The machine gave no port.')
  const url = new URL(databaseUrl)
  url.port = String(address.port)
  return {
    url: url.href,
    cutNext(moment) {
      armed = moment
    },
    cuts: () => cuts,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
