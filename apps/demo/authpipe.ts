import { createAuthpipe } from '@authpipe/next'
import { livechat } from '@authpipe/next/providers'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { sandboxUrl } from './sandboxUrl.ts'
import { signedIn } from './signedIn.ts'

/** Everything that the demo tells Authpipe. The base URL, the keys and the database come from the environment. */
export const authpipe = createAuthpipe({
  providers: [
    // An app of your own takes its id and secret from the environment and needs no `endpoints`.
    livechat({
      ...sandboxClient('livechat'),
      scopes: ['chats--all:ro', 'agents--my:ro'],
      endpoints: sandboxEndpoints('livechat', sandboxUrl),
    }),
  ],
  identify: signedIn,
  allowInsecureLoopback: true,
})
