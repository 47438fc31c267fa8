import { createError } from '@authpipe/core'
import { isLoopbackHost } from '../addressRules.ts'

/**
 * An origin to which answers may be relayed, as `relay.to` writes it. `*` stands for a whole label of the host or a part of one, and never
 * for a dot, so that a pattern cannot reach another site.
 */
export interface RelayOrigin {
  readonly protocol: string
  readonly port: string
  /** The host from left to right. */
  readonly labels: readonly string[]
}

/** @throws {AuthpipeError} `invalid_configuration`, which names the option and quotes nothing */
export function parseRelayOrigin(text: string, option: string, allowInsecureLoopback: boolean): RelayOrigin {
  const refuse = (problem: string): never => {
    throw createError('invalid_configuration', `createAuthpipe: "${option}" ${problem}.`)
  }
  const url = URL.parse(text)
  // Letter for letter as browsers write it, so that nothing is read differently from what it looks like.
  if (!url || url.origin !== text) return refuse('must be an origin alone, in lower case and without a slash at its end, such as https://*.preview.example.com')
  const { protocol, hostname, port } = url
  const labels = hostname.split('.')
  if (protocol !== 'https:') {
    if (protocol !== 'http:' || !isLoopbackHost(hostname)) return refuse('must start with https://')
    if (!allowInsecureLoopback) return refuse('leads to this machine, which needs allowInsecureLoopback: true')
  }
  if (labels.some((label) => label === '' || label.split('*').length > 2)) return refuse('has an empty label, or a label with more than one "*"')
  // Anybody can have a host directly below an ending such as .com.
  if (labels.slice(-2).join().includes('*')) return refuse('must end with a domain of yours, and have "*" in front of it only')
  return { protocol, port, labels }
}

/** Whether the pattern means this origin, which has to be written as browsers do. */
export function isRelayOrigin({ protocol, port, labels }: RelayOrigin, origin: string): boolean {
  const url = new URL(origin)
  const given = url.hostname.split('.')
  return url.protocol === protocol && url.port === port && given.length === labels.length && labels.every((label, index) => isLabel(label, given[index] ?? ''))
}

function isLabel(pattern: string, label: string): boolean {
  const [start = '', end] = pattern.split('*')
  return end === undefined ? label === pattern : label.length > start.length + end.length && label.startsWith(start) && label.endsWith(end)
}
