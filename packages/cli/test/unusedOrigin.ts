import { once } from 'node:events'
import { createServer } from 'node:net'

/** An origin of this machine at which nothing listens. A browser, and `fetch`, would not even try a port such as 1. */
export async function unusedOrigin(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}
