// Passes a credential and its parts to a client component through React's Flight serialiser, and prints what came of it as JSON.
import { RevealedCredential } from '@authpipe/core/server'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { renderToReadableStream } = require('next/dist/compiled/react-server-dom-webpack/server.node') as {
  renderToReadableStream(model: unknown, clientModules: object, options: { onError(error: unknown): void }): ReadableStream<Uint8Array>
}

async function flight(value: unknown): Promise<{ payload: string; error: string | null }> {
  let error: string | null = null
  const onError = (thrown: unknown): void => void (error = thrown instanceof Error ? thrown.message : String(thrown))
  const payload = await new Response(renderToReadableStream({ props: { value } }, {}, { onError })).text()
  return { payload, error }
}

const credential = new RevealedCredential({
  credential: 'CANARY_token',
  credentialType: 'oauth_token',
  connectionId: 'conn_1',
  source: 'connection',
  expiresAt: undefined,
  scopes: [],
  headers: { Authorization: 'Bearer CANARY_header' },
  searchParams: { key: 'CANARY_query' },
  fields: { apiKey: 'CANARY_field' },
  baseUrl: 'https://provider.example',
  settings: {},
  generation: 1,
})
const flights = {
  'a plain object': await flight({ harmless: true }),
  'a credential': await flight(credential),
  'its headers': await flight(credential.headers),
  'its search parameters': await flight(credential.searchParams),
  'its fields': await flight(credential.fields),
}
process.stdout.write(JSON.stringify(flights))
