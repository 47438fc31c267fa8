import { createAuthpipe } from '@authpipe/next'
import { livechat } from '@authpipe/next/providers'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { readUser } from './session'

export const authpipe = createAuthpipe({
  // A stand-in plays LiveChat; with an app registered there, its id and secret replace these two lines.
  providers: [livechat({ ...sandboxClient('livechat'), endpoints: sandboxEndpoints('livechat', process.env.SANDBOX_URL ?? 'http://127.0.0.1:4010') })],
  allowInsecureLoopback: true,
  // Everybody is a tenant of their own here. With the plugin for organizations, session.activeOrganizationId is the tenant.
  identify: async () => {
    const user = await readUser()
    return user && { tenantId: user.id, userId: user.id }
  },
})
