import type { Connection } from '@authpipe/core'

interface ConnectButtonRef {
  readonly provider: string
  readonly connectionId?: string
}

/**
 * How a button names a connection. Where it is the only one of its provider and kind it is named by those, as other buttons of the page do, which
 * then show the same attempt.
 */
export function connectionRef({ id, provider, kind }: Connection, all: readonly Connection[]): ConnectButtonRef {
  const isAlone = all.every((other) => other.id === id || other.provider !== provider || other.kind !== kind)
  return isAlone ? { provider } : { provider, connectionId: id }
}
