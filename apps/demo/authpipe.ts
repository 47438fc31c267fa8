import { createAuthpipe } from '@authpipe/next'
import { crisp, freshdesk, freshservice, helpScout, livechat } from '@authpipe/next/providers'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { people } from './people.ts'
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
    helpScout({ ...sandboxClient('help-scout'), endpoints: sandboxEndpoints('help-scout', sandboxUrl) }),
    freshdesk({ endpoints: sandboxEndpoints('freshdesk', sandboxUrl) }),
    // Each company brings the app of its own Freshworks organization; a real one reads it from where the company entered it.
    freshservice(({ tenantId }) => ({
      ...sandboxClient('freshservice', people.find((person) => person.tenantId === tenantId)?.freshworksOrganization),
      scopes: ['freshservice.tickets.view'],
      endpoints: sandboxEndpoints('freshservice', sandboxUrl),
    })),
    crisp({ ...sandboxClient('crisp'), endpoints: sandboxEndpoints('crisp', sandboxUrl) }),
    plain({ ...sandboxClient('plain'), scopes: ['profile', 'things:read'], endpoints: sandboxEndpoints('plain', sandboxUrl) }),
  ],
  identify: signedIn,
  allowInsecureLoopback: true,
})
