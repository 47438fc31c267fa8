// One port with two processes behind it, in turn: what a load balancer and two hosts are in production.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { join } from 'node:path'

const port = Number(process.env.PORT ?? 3000)

async function startProcess(): Promise<number> {
  const child = fork(join(import.meta.dirname, 'server.ts'), { env: { ...process.env, AUTHPIPE_BASE_URL: `http://localhost:${port}/api/authpipe` } })
  child.once('exit', () => process.exit(1))
  const [answer]: unknown[] = await once(child, 'message')
  return Number(answer)
}

const ports = await Promise.all([startProcess(), startProcess()])
let turn = 0

const server = createServer((incoming, outgoing) => {
  const { method, url, headers } = incoming
  const passedOn = request({ host: '127.0.0.1', port: ports[turn++ % ports.length], method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  passedOn.once('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()))
  incoming.pipe(passedOn)
})
server.listen(port, () => console.log(`Listening on http://localhost:${port}`))
