// A server of the app, as a process of its own, that is killed in the middle of a mass revocation.
import { crowdProvider } from './crowdProvider.ts'
import { composeApp, die, openStore } from './processApp.ts'

export interface RevokingServer {
  readonly url: string
  readonly keys: string
  readonly sandboxUrl: string
  /** After so many changes it is killed. */
  readonly commits: number
}

const { url, keys, sandboxUrl, commits } = JSON.parse(process.argv[2] ?? '') as RevokingServer

const store = openStore(url)
const { commit } = store
let landed = 0
store.commit = async (...change) => {
  const isLanded = await commit.apply(store, change)
  return (landed += 1) >= commits ? die() : isLanded
}

const authpipe = composeApp({
  providers: [crowdProvider('crowd', sandboxUrl)],
  keys,
  database: store,
  // It takes none, so whoever comes after it is told.
  onEvent: () => new Promise<void>(() => undefined),
})
await authpipe.revokeAll({ provider: 'crowd' })
