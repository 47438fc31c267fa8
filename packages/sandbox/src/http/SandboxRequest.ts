import type { IncomingHttpHeaders } from 'node:http'

/** A request that has been read to its end. Whatever is malformed reads as absent; nothing here throws. */
export class SandboxRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: string

  constructor(parts: { method: string; url: URL; headers: IncomingHttpHeaders; body: string }) {
    this.method = parts.method
    this.url = parts.url
    this.headers = parts.headers
    this.body = parts.body
  }

  get contentType(): string {
    return (this.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  }

  /** A query parameter; one that stands twice counts as absent (RFC 6749 §3.1: parameters must not repeat). */
  query(name: string): string | undefined {
    return single(this.url.searchParams, name)
  }

  /** The members of a form body, or the string members of a JSON body. */
  parameter(name: string): string | undefined {
    if (this.contentType === 'application/json') {
      const value = this.json()?.[name]
      return typeof value === 'string' ? value : undefined
    }
    return this.contentType === 'application/x-www-form-urlencoded' ? single(new URLSearchParams(this.body), name) : undefined
  }

  /** The body as a JSON object, or `undefined`. */
  json(): Readonly<Record<string, unknown>> | undefined {
    try {
      const value: unknown = JSON.parse(this.body)
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
    } catch {
      return undefined
    }
  }

  /** The token of an `Authorization: Bearer` header (RFC 6750 §2.1). */
  bearer(): string | undefined {
    return /^Bearer +([!-~]+)$/i.exec(this.headers.authorization ?? '')?.[1]
  }

  /** The user name and password of an `Authorization: Basic` header (RFC 7617 §2). */
  basic(): { readonly user: string; readonly password: string } | undefined {
    const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(this.headers.authorization ?? '')?.[1]
    if (encoded === undefined) return undefined
    const pair = Buffer.from(encoded, 'base64').toString('utf8')
    const colon = pair.indexOf(':')
    return colon < 0 ? undefined : { user: pair.slice(0, colon), password: pair.slice(colon + 1) }
  }
}

function single(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name)
  // RFC 6749 §3.1: a parameter without a value counts as left out.
  return values.length === 1 ? values[0] || undefined : undefined
}
