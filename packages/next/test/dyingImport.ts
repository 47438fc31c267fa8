// An import, as a process of its own, that is killed at one of its steps.
import { helpScout } from '@authpipe/core/providers'
import type { ConnectionToImport } from '@authpipe/core/server'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { composeApp, die, openStore } from './processApp.ts'

/** The commits of an import: the tokens as they were given, the new ones, the account. */
const commits = { given: 1, renewed: 2, named: 3 } as const

export interface DyingImport {
  readonly url: string
  readonly keys: string
  readonly sandboxUrl: string
  readonly row: ConnectionToImport
  /** Where it dies: before or after a commit, or with the lease of the refresh in its hand. */
  readonly step: `${'before' | 'after'} ${keyof typeof commits}` | 'with the lease'
}

const { url, keys, sandboxUrl, row, step }: DyingImport = JSON.parse(process.argv[2] ?? '')
const [when, name] = step.split(' ')
const fatal = Object.entries(commits).find(([commit]) => commit === name)?.[1]

const store = openStore(url)
const { commit, acquireLease } = store
let count = 0
store.commit = async (...change) => {
  count += 1
  if (count === fatal && when === 'before') return die()
  const landed = await commit.apply(store, change)
  return count === fatal ? die() : landed
}
store.acquireLease = async (lease) => {
  const generation = await acquireLease.call(store, lease)
  return step === 'with the lease' ? die() : generation
}

const authpipe = composeApp({ providers: [helpScout({ ...sandboxClient('help-scout'), endpoints: sandboxEndpoints('help-scout', sandboxUrl) })], keys, database: store })
await authpipe.importConnection(row)
