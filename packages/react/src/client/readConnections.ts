import type { Connection } from '@authpipe/core'
import type { ClientCore } from './createClientCore.ts'

/** Reads a list of connections; `query` is none, or begins with a question mark. */
export const readConnections = (client: ClientCore, query: string, signal: AbortSignal | null): Promise<readonly Connection[]> => {
  const parser = import('./readAnswer.ts').then(({ parseConnectionList }) => parseConnectionList)
  return client.call(`/connections${query}`, parser, { signal })
}
