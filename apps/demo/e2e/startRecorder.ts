import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { portOf } from './portOf.ts'

/** Something that can be read somewhere. */
export interface Sighting {
  readonly place: string
  readonly text: string
}

/** Stands between the browser and the demo, and keeps every answer that passes, to the last byte. */
export interface Recorder {
  /** Where the browser finds the demo. */
  readonly url: string
  /** Names the port that the demo has come to listen on. */
  passTo(demoPort: number): void
  answers(): readonly Sighting[]
  stop(): Promise<void>
}

/** Starts a recorder for a demo that is still to start. A browser's own tools cannot do this: they lose the answers of windows that close. */
export async function startRecorder(): Promise<Recorder> {
  let port = 0
  const answers: Sighting[] = []
  const server = createServer((incoming, outgoing) => {
    // Compressed, nothing could be found in it.
    const headers = { ...incoming.headers, 'accept-encoding': 'identity' }
    const forwarded = request({ host: 'localhost', port, method: incoming.method, path: incoming.url, headers }, (answer) => {
      const place = `${incoming.method} ${incoming.url?.split('?', 1)[0]}`
      const body: Buffer[] = []
      answer.on('data', (chunk: Buffer) => body.push(chunk))
      answer.on('end', () => answers.push({ place: `headers of ${place}`, text: answer.rawHeaders.join('\n') }, { place, text: Buffer.concat(body).toString('latin1') }))
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    // A browser that leaves, or a demo that stops, ends the other side too.
    forwarded.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forwarded.destroy())
    incoming.pipe(forwarded)
  })
  server.listen(0)
  await once(server, 'listening')
  return {
    url: `http://localhost:${portOf(server)}`,
    passTo(demoPort) {
      port = demoPort
    },
    answers: () => answers,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
