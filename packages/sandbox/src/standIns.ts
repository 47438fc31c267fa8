import { crisp } from './crisp/crisp.ts'
import { freshdesk } from './freshdesk/freshdesk.ts'
import { freshservice } from './freshservice/freshservice.ts'
import { helpScout } from './help-scout/helpScout.ts'
import type { SandboxAccount } from './KeyedAccounts.ts'
import { livechat } from './livechat/livechat.ts'
import { plain } from './plain/plain.ts'
import type { SandboxClient, StandInContext } from './standIn.ts'

/** Every stand-in by its id; a new one is entered here and in {@link createStandIns}. */
export const standIns = { livechat, 'help-scout': helpScout, freshdesk, freshservice, crisp, plain }

/** Which stand-in. */
export type StandInId = keyof typeof standIns

/** Which stand-in that has an app registered. */
export type ClientStandInId = { [Id in StandInId]: (typeof standIns)[Id] extends { readonly client: SandboxClient } ? Id : never }[StandInId]

/** The running stand-ins, by their ids. */
export interface StandIns extends Readonly<ReturnType<typeof createStandIns>> {}

/** The stand-ins of one sandbox, each with its own state. */
export const createStandIns = (context: StandInContext) => ({
  livechat: livechat.create(context),
  'help-scout': helpScout.create(context),
  freshdesk: freshdesk.create(context),
  freshservice: freshservice.create(context),
  crisp: crisp.create(context),
  plain: plain.create(context),
})

/**
 * The `endpoints` of a registration that point it at a sandbox.
 *
 * @param url - the `url` of the sandbox, without a slash at its end
 * @example
 * livechat({ ...sandboxClient('livechat'), endpoints: sandboxEndpoints('livechat', sandbox.url) })
 */
export const sandboxEndpoints = (provider: StandInId, url: string): Record<string, string> => standIns[provider].endpoints(url)

/**
 * The app that is registered at a stand-in: the `clientId` and `clientSecret` of a registration, and the `webhookSecret` of Crisp.
 *
 * @param organization - whose app, where each organization has its own: `northwind` or `bluebird` of Freshservice
 * @throws {RangeError} when there is no app of that organization
 */
export function sandboxClient(provider: ClientStandInId, organization?: string): SandboxClient {
  const { client, clients = {} } = standIns[provider]
  const found = organization === undefined ? client : Object.hasOwn(clients, organization) ? clients[organization] : undefined
  if (!found) throw new RangeError(`The stand-in ${provider} has no app of an organization "${organization}".`)
  return { ...found }
}

/** What a person can paste to connect a stand-in: settings and keys as they are at the start; none where there is only sign-in. */
export const sandboxAccounts = (provider: StandInId): SandboxAccount[] =>
  (standIns[provider].accounts ?? []).map(({ accountId, label, kind, settings, fields }) => ({ accountId, label, kind, settings: { ...settings }, fields: { ...fields } }))
