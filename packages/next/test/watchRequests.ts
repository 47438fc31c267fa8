// What the server sends to providers, seen where it leaves: undici tells of each request on its diagnostics channel.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

export interface SentRequest {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly body: URLSearchParams
}

interface Published {
  readonly request: { readonly method: string; readonly path: string; readonly headers: readonly string[]; readonly body: unknown }
}

const channel = 'undici:request:create'

/** Collects requests until it is told to stop. */
export function watchRequests(): { readonly requests: readonly SentRequest[]; stop(): void } {
  const requests: SentRequest[] = []
  const note = (message: unknown): void => {
    const { method, path, headers, body } = (message as Published).request
    const name = headers.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === 'authorization')
    requests.push({
      method,
      path,
      authorization: name < 0 ? undefined : headers[name + 1],
      body: new URLSearchParams(body instanceof Uint8Array ? Buffer.from(body).toString() : ''),
    })
  }
  subscribe(channel, note)
  return { requests, stop: () => void unsubscribe(channel, note) }
}
