// A process of an app that exports or imports a tenant, to be killed in between.
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { composeApp, die, openStore } from './processApp.ts'
import { plain } from './textbookProvider.ts'

export interface MovingProcess {
  readonly action: 'export' | 'import'
  readonly url: string
  readonly keys: string
  /** The recipient's public key, or the private one. */
  readonly pem: string
  readonly file?: string
  readonly sandboxUrl: string
  /** The commit that this process dies at, counted from 1. @defaultValue none */
  readonly dieAtCommit?: number
}

const { action, url, keys, pem, file = '', sandboxUrl, dieAtCommit } = JSON.parse(process.argv[2] ?? '') as MovingProcess

const store = openStore(url)
const { commit } = store
let commits = 0
store.commit = async (...change) => {
  commits += 1
  return commits === dieAtCommit ? die() : commit.apply(store, change)
}

const authpipe = composeApp({ providers: [plain({ ...sandboxClient('plain'), endpoints: sandboxEndpoints('plain', sandboxUrl) })], keys, database: store })
const answer = action === 'export' ? await authpipe.exportTenant({ tenantId: 'org_acme', recipient: pem }) : JSON.stringify(await authpipe.importTenant(file, { key: pem }))
await authpipe.close()
process.send?.(answer)
process.disconnect?.()
