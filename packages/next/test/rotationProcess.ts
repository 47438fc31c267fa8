// A process of an app that rotates its keys and says so after each tenant, to be killed in between.
import { freshdesk } from '@authpipe/core/providers'
import { createAuthpipe } from '../src/createAuthpipe.ts'

const [database = '', keys = ''] = process.argv.slice(2)
const authpipe = createAuthpipe({
  providers: [freshdesk()],
  identify: () => null,
  baseUrl: 'http://localhost:3000/api/authpipe',
  database,
  keys,
  maintenance: 'manual',
})
const report = await authpipe.rotateKeys({ onProgress: ({ tenants }) => process.send?.(tenants) })
await authpipe.close()
process.send?.(report)
