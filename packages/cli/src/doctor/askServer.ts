/** An answer to a question over HTTP. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** At most 256 KiB of it. */
  readonly text: string
  /** The server's `Date` less our clock in the middle of the exchange, in milliseconds. */
  readonly clockAheadMs: number | undefined
}

/** Why no answer came, by the code of the operating system or of TLS. */
export interface NoAnswer {
  readonly reason: string
}

const mostBytes = 262_144

/** Sends a request and follows no redirect. */
export async function askServer(url: string, init: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {}): Promise<Answer | NoAnswer> {
  const sentAt = Date.now()
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(10_000) })
    const date = Date.parse(response.headers.get('date') ?? '')
    const middle = (sentAt + Date.now()) / 2
    // The header has whole seconds, rounded down.
    const clockAheadMs = Number.isNaN(date) ? undefined : date + 500 - middle
    return { status: response.status, headers: response.headers, text: await readText(response), clockAheadMs }
  } catch (error) {
    return { reason: reasonOf(error) }
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > mostBytes) break
  }
  return text
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer'
  if (error.name === 'TimeoutError') return 'no answer within 10 seconds'
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : 'no answer'
}
