// An app that has no OpenTelemetry, as a process of its own: the package is not found there.
import { registerHooks } from 'node:module'

let askedFor = 0
registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('@opentelemetry/')) return next(specifier, context)
    askedFor += 1
    throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' })
  },
})

const { helpScout } = await import('@authpipe/core/providers')
const { createAuthpipe } = await import('../src/createAuthpipe.ts')
const { generateKey } = await import('../src/vault/keyring.ts')

const authpipe = createAuthpipe({
  providers: [helpScout({ clientId: 'id', clientSecret: 'secret' })],
  identify: () => null,
  baseUrl: 'http://localhost:3009/api/authpipe',
  keys: generateKey(),
  database: process.argv[2] ?? '',
  maintenance: 'manual',
})
await authpipe.storeCredential({ provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: 'a secret of a webhook' } })
const { credentialType } = await authpipe.getCredential({ provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret' })
const { checked } = await authpipe.maintain()
await authpipe.close()
process.stdout.write(JSON.stringify({ askedFor, credentialType, checked }))
