import { createAuthpipe } from '@authpipe/next'
import { livechat } from '@authpipe/next/providers'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { plain } from './plain.ts'
import { sandboxUrl } from './sandboxUrl.ts'
import { signedIn } from './signedIn.ts'

/** Everything that the demo tells Authpipe. The base URL, the keys and the database come from the environment. */
export const authpipe = createAuthpipe({
  providers: [
    // An app registered at LiveChat takes its id and secret from the environment and needs no `endpoints`.
    livechat({
      ...sandboxClient('livechat'),
      scopes: ['chats--all:ro', 'agents--my:ro'],
      endpoints: sandboxEndpoints('livechat', sandboxUrl),
    }),
    plain({ ...sandboxClient('plain'), scopes: ['profile', 'things:read'], endpoints: sandboxEndpoints('plain', sandboxUrl) }),
  ],
  identify: signedIn,
  allowInsecureLoopback: true,
})
