// An app with Authpipe mounted, as a process of its own: what it needs comes as JSON in its first argument. It tells its parent when
// it listens.
import { createAuthpipe } from '@authpipe/next'
import { livechat } from '@authpipe/next/providers'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { serveHandler } from '../../next/test/serveHandler.ts'

export interface ServerSetUp {
  readonly database: string
  readonly keys: string
  readonly secretKeys: string
  readonly sandboxUrl: string
  readonly port: number
}

const { database, keys, secretKeys, sandboxUrl, port } = JSON.parse(process.argv[2] ?? '') as ServerSetUp
const authpipe = createAuthpipe({
  providers: [livechat({ ...sandboxClient('livechat'), endpoints: sandboxEndpoints('livechat', sandboxUrl) })],
  identify: () => null,
  baseUrl: `http://127.0.0.1:${port}/api/authpipe`,
  database,
  keys,
  secretKeys,
  allowInsecureLoopback: true,
  maintenance: 'manual',
})
await authpipe.ready()
await serveHandler(authpipe.handler, `http://127.0.0.1:${port}`, port)
process.send?.('listening')
