import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '@authpipe/sandbox'
import { sandboxClient } from '@authpipe/sandbox'
import type { BrowserWatch, Sighting } from './BrowserWatch.ts'
import type { Demo } from './startDemo.ts'

/** Pages that carry the authorization code by their nature: the provider's answer on its way to the finish. */
const codeMayPass = /\/callback\//

/** Lists every place, in the browser or on the server, where something secret can be read. */
export async function findLeaks(watch: BrowserWatch, demo: Demo, sandbox: Sandbox): Promise<string[]> {
  const { accessTokens, refreshTokens, codes } = sandbox.livechat.issuedSecrets()
  const secrets = [...accessTokens, ...refreshTokens, sandboxClient('livechat').clientSecret]
  const challenges = new Set(watch.authorizationUrls.map((url) => new URL(url).searchParams.get('code_challenge')))

  const leaks = (sighting: Sighting, forbidden: readonly string[]): string[] => [
    ...forbidden.filter((secret) => sighting.text.includes(secret)).map((secret) => `${sighting.place} shows ${secret.slice(0, 12)}…`),
    ...(words(sighting.text).some((word) => challenges.has(s256(word))) ? [`${sighting.place} shows a code verifier`] : []),
  ]
  const inBrowser = (await watch.sightings()).flatMap((sighting) => leaks(sighting, codeMayPass.test(sighting.place) ? secrets : [...secrets, ...codes]))
  const onServer = [{ place: 'output of the server', text: demo.output() }, ...files(demo.dataFolder)].flatMap((sighting) => leaks(sighting, [...secrets, ...codes]))
  return [...inBrowser, ...onServer]
}

/** Everything that can be a code verifier (RFC 7636 §4.1). */
const words = (text: string): string[] => text.match(/[\w.~-]{43,128}/g) ?? []

const s256 = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')

/** The files below a folder, read byte for byte. */
export function files(folder: string): Sighting[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ place: path, text: readFileSync(path, 'latin1') }))
}
