// What there is to say about a provider, all of it from its definition: a page of the demo, and a document in docs/providers.
import type { ProviderDefinition } from '@authpipe/core'

type Way = ProviderDefinition['auth'][number]

/** A heading and what stands below it. */
export interface Point {
  readonly title: string
  readonly text: string
}

/** Says how a provider is connected, way by way. */
export const describeWays = ({ name, auth }: ProviderDefinition): Point[] =>
  auth.map((way): Point => {
    switch (way.kind) {
      case 'oauth2':
        return { title: 'User OAuth', text: `A person signs in at ${name} and consents. Authpipe receives an access token and keeps it fresh.` }
      case 'api_key':
        return { title: 'API key', text: `A person pastes the ${way.fields.map(({ label }) => withinSentence(label)).join(' and ')} that ${name} shows them. It is tried there before it is stored.` }
      case 'installation':
        return { title: 'Installation', text: `A person installs your app in their ${name} workspace. It acts there for the whole tenant, by your app’s own credential.` }
    }
  })

/** Says what an app does not have to do for this provider, because Authpipe does it. */
export function describeWork({ name, auth, healthCheck, webhook }: ProviderDefinition): Point[] {
  const oauth = auth.find((way) => way.kind === 'oauth2')
  const [method, path] = [healthCheck.method ?? 'GET', healthCheck.path.replace(/\?.*/, '')]
  return [
    ...auth.map((way) => ({ title: workTitles[way.kind], text: describeFlow(name, way) })),
    { title: 'Encrypted vault', text: 'AES-256-GCM under a key of each tenant’s own. Tokens, keys and secrets are never shown to a browser.' },
    ...(oauth ? [{ title: 'Silent refresh', text: describeRefresh(oauth) }] : []),
    { title: 'Health checks', text: `One ${method} ${path} says whether a credential still works; an outage at ${name} is told apart from its end.` },
    ...(webhook ? [{ title: 'Webhooks', text: describeWebhook(name, webhook) }] : []),
  ]
}

/** Whether each tenant registers an app of its own: an authorization server whose host is an account's belongs to the customer. */
export const isAppOfTenant = ({ auth }: ProviderDefinition): boolean => auth.some((way) => way.kind === 'oauth2' && way.authorizationEndpoint.includes('{'))

/** Code of an app: how the provider is registered, connected and called. The pieces compile. */
export function writeSnippets(definition: ProviderDefinition): { readonly register: string; readonly connect: string; readonly call: string } {
  const { id, auth, healthCheck } = definition
  const factory = id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  const variable = id.toUpperCase().replaceAll('-', '_')
  const hasApp = !isAppOfTenant(definition) && auth.some(({ kind }) => kind !== 'api_key')
  const client = `{\n    clientId: process.env.${variable}_CLIENT_ID,\n    clientSecret: process.env.${variable}_CLIENT_SECRET,\n  }`
  const buttons = [
    ...(auth.some(({ kind }) => kind !== 'installation') ? [button('ConnectButton', id, "onSuccess={(conn) => console.log('Connected!', conn)}")] : []),
    ...(auth.some(({ kind }) => kind === 'installation') ? [button('InstallButton', id, "onInstall={(inst) => console.log('Installed!', inst)}")] : []),
  ]
  const path = healthCheck.path.replaceAll('{', '${settings.')
  const given = ['headers', 'baseUrl', ...(path.includes('${') ? ['settings'] : [])].join(', ')
  const init = healthCheck.method === 'POST' ? "{\n  method: 'POST',\n  headers: { ...headers, 'Content-Type': 'application/json' },\n  body: '{}',\n}" : '{ headers }'
  return {
    register: `import { ${factory} } from '@authpipe/next/providers'\n\nexport const providers = [\n  ${factory}(${hasApp ? client : ''}),\n]\n`,
    connect: buttons.join('\n'),
    call: `// A credential that works now, from memory in most cases.
const { ${given} } = await authpipe.getCredential({
  provider: '${id}',
  tenantId: 'org_acme',
  userId: 'user_123',
})

// The headers carry it the way the provider wants it.
const response = await fetch(\`\${baseUrl}${path}\`, ${init})
`,
  }
}

const button = (component: string, id: string, callback: string): string => `<${component}\n  provider="${id}"\n  ${callback}\n/>`

const workTitles: Readonly<Record<Way['kind'], string>> = { oauth2: 'Sign-in', api_key: 'Keys', installation: 'Installs' }

function describeFlow(name: string, way: Way): string {
  if (way.kind === 'api_key') return `The form, with a check of each field. A key that ${name} refuses is never stored, and the person reads why beside it.`
  if (way.kind === 'installation') return `An answer that came by way of a browser is confirmed with ${name} before it counts, so that nobody can claim another’s workspace.`
  return [
    `${way.pkce === 'S256' ? 'PKCE, a' : 'A'} state that is bound to the browser which began, and a callback that redeems nothing by itself.`,
    way.pkce !== 'S256' && `No PKCE here. ${way.pkce.unsupportedBecause}`,
    way.omitsRedirectUri && `${name} returns to the one URL that is registered there.`,
    way.revocationEndpoint === undefined ? `${name} lets nobody revoke a token from outside; a disconnect forgets it.` : `A disconnect revokes the tokens at ${name}.`,
  ]
    .filter(Boolean)
    .join(' ')
}

function describeRefresh({ accessTokenLifetimeSeconds, refreshTokenRotation }: Extract<Way, { kind: 'oauth2' }>): string {
  const rotation = refreshTokenRotation ? ' Each refresh ends the refresh token before it; the new one is kept safe.' : ''
  return `An access token lives ${duration(accessTokenLifetimeSeconds)} and is replaced ahead of its end, so your code never waits.${rotation}`
}

function describeWebhook(name: string, webhook: NonNullable<ProviderDefinition['webhook']>): string {
  switch (webhook.scheme) {
    case 'hmac':
      return `${name} signs them by HMAC-${webhook.algorithm.toUpperCase().replace('SHA', 'SHA-')} in ${webhook.header}; the signature is checked over the raw bytes.`
    case 'body_secret':
      return `${name} signs none. It repeats a secret in the member ${webhook.member} of the body, which is compared in constant time.`
    case 'none':
      return `${name} signs none, so they go to an address that is long, random and one tenant’s own.`
  }
}

/** Seconds as a person says them. */
export function duration(seconds: number): string {
  const [size, unit] = seconds % 86_400 === 0 ? [86_400, 'day'] : seconds % 3_600 === 0 ? [3_600, 'hour'] : [60, 'minute']
  const count = seconds / (size ?? 1)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** A label without its capital, unless that belongs to an abbreviation. */
const withinSentence = (label: string): string => label.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())
