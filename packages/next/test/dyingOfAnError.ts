// A process that warns of, reports and dies of errors that nobody catches, with everything that holds a secret hanging on them.
import { RevealedCredential } from '@authpipe/core/server'
import { createAuthpipe } from '../src/index.ts'
import { plain } from './textbookProvider.ts'

const credential = new RevealedCredential({
  credential: 'CANARY_token',
  credentialType: 'oauth_token',
  connectionId: 'conn_1',
  source: 'connection',
  expiresAt: undefined,
  scopes: [],
  headers: { Authorization: 'Bearer CANARY_header' },
  searchParams: undefined,
  fields: { apiKey: 'CANARY_field' },
  baseUrl: 'https://provider.example',
  settings: {},
  generation: 1,
})
const registration = plain({ clientId: 'CANARY_id', clientSecret: 'CANARY_secret' })
const authpipe = createAuthpipe({
  providers: [registration],
  identify: () => null,
  baseUrl: 'https://app.example.com/api/authpipe',
  keys: 'CANARY_keys',
  secretKeys: 'CANARY_secret_keys',
  webhooks: { url: 'https://hooks.example.com', secrets: ['whsec_Q0FOQVJZX2luX2Jhc2U2NF9vZl90aGlydHk='] },
})
const careless = Object.assign(new Error('careless', { cause: credential }), { authpipe, credential, headers: credential.headers, fields: credential.fields, registration, all: [credential, registration] })
process.emitWarning(careless)
process.stderr.write(JSON.stringify(process.report.getReport(careless)))
await Promise.reject(careless)
