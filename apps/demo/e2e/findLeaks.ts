import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '@authpipe/sandbox'
import { sandboxClient } from '@authpipe/sandbox'
import type { BrowserWatch } from './BrowserWatch.ts'
import type { Demo } from './startDemo.ts'
import type { Sighting } from './startRecorder.ts'

/** Pages that carry a code or an install's token by their nature: the provider's answer on its way to the finish. */
const codeMayPass = /\/callback\//

/** Lists every place, in the browser or on the server, where something secret can be read. */
export async function findLeaks(watch: BrowserWatch, demo: Demo, sandbox: Sandbox): Promise<string[]> {
  const issued = [sandbox.livechat, sandbox['help-scout'], sandbox.freshservice, sandbox.plain].map((standIn) => standIn.issuedSecrets())
  const keys = [sandbox.freshdesk, sandbox.freshservice, sandbox.crisp].flatMap((standIn) => standIn.issuedKeys())
  // The token of an install comes back with the answer, as a code does.
  const isInstallToken = (key: string): boolean => key.startsWith('crisp_install_')
  const codes = [...issued.flatMap((secrets) => secrets.codes), ...keys.filter(isInstallToken)]
  const lasting = [
    ...issued.flatMap(({ accessTokens, refreshTokens }) => [...accessTokens, ...refreshTokens]),
    ...keys.filter((key) => !isInstallToken(key)),
    ...(['livechat', 'help-scout', 'freshservice', 'crisp', 'plain'] as const).map((id) => sandboxClient(id).clientSecret),
  ]
  const leaks = ({ place, text }: Sighting): string[] => [
    ...[...lasting, ...(codeMayPass.test(place) ? [] : codes)].filter((secret) => text.includes(secret)).map((secret) => `${place} shows ${secret.slice(0, 12)}…`),
    ...(possibleVerifiers(text).some((word) => watch.codeChallenges.has(s256(word))) ? [`${place} shows a code verifier`] : []),
  ]
  const onServer = [{ place: 'output of the server', text: demo.output() }, ...files(demo.dataFolder)]
  return [...demo.answers(), ...(await watch.sightings()), ...onServer].flatMap(leaks)
}

/** Every word that can be a code verifier (RFC 7636 §4.1). */
const possibleVerifiers = (text: string): string[] => text.match(/[\w.~-]{43,128}/g) ?? []

const s256 = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')

/** The files below a folder, read byte for byte. */
export function files(folder: string): Sighting[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ place: path, text: readFileSync(path, 'latin1') }))
}
