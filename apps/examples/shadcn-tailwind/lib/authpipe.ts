import { createAuthpipe } from '@authpipe/next'
import { livechat } from '@authpipe/next/providers'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { openSession } from './session'

export const authpipe = createAuthpipe({
  // A stand-in plays LiveChat; with an app registered there, its id and secret replace these two lines.
  providers: [livechat({ ...sandboxClient('livechat'), endpoints: sandboxEndpoints('livechat', process.env.SANDBOX_URL ?? 'http://127.0.0.1:4010') })],
  allowInsecureLoopback: true,
  identify: async () => {
    const { userId } = await openSession()
    return userId === undefined ? null : { tenantId: 'org_acme', userId }
  },
})
