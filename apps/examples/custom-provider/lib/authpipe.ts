import { createAuthpipe } from '@authpipe/next'
import { providers } from './providers'
import { openSession } from './session'

export const authpipe = createAuthpipe({
  providers,
  allowInsecureLoopback: true,
  identify: async () => {
    const { userId } = await openSession()
    return userId === undefined ? null : { tenantId: 'org_acme', userId }
  },
})
