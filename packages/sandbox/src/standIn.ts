import type { Reply } from './http/reply.ts'
import type { SandboxRequest } from './http/SandboxRequest.ts'
import type { SandboxAccount } from './KeyedAccounts.ts'
import type { PathParameters } from './pathPattern.ts'
import type { RequestLog } from './RequestLog.ts'
import type { AnyStandIn } from './StandInControl.ts'

/** The parts of a provider that are counted, held and made to fail apart from each other. */
export type Endpoint = (typeof endpoints)[number]
/** `accounts` is who-am-I beside the API proper; `pages` is what a person sees and clicks. */
export const endpoints = ['authorization', 'token', 'revocation', 'accounts', 'api', 'pages'] as const

export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE'
  /** A pattern: `{name}` stands for one segment, `*` at the end for everything below. */
  readonly path: string
  readonly endpoint: Endpoint
  answer(request: SandboxRequest, path: PathParameters): Reply
}

/** What a stand-in is given by the sandbox it runs in. */
export interface StandInContext {
  /** Where the sandbox listens; known once it does. */
  url(): string
  /** Milliseconds since the epoch. */
  now(): number
  /** Word inside every code and token. */
  readonly canary: string
  readonly log: RequestLog
}

/** A provider's stand-in: one file, entered in the list of `standIns.ts`. */
export interface StandInDefinition<Control extends AnyStandIn> {
  readonly id: string
  /** The accounts that are connected by pasting a key. @defaultValue none */
  readonly accounts?: readonly SandboxAccount[]
  /** The `endpoints` of a registration, for a sandbox at this URL. */
  endpoints(url: string): Record<string, string>
  create(context: StandInContext): Control
}

/** The stand-in of a provider at which an app is registered. */
export interface ClientStandInDefinition<Control extends AnyStandIn> extends StandInDefinition<Control> {
  readonly client: SandboxClient
  /** The app of each organization, where an app belongs to one. @defaultValue one app for all */
  readonly clients?: Readonly<Record<string, SandboxClient>>
}

/** An app that a stand-in knows. */
export interface SandboxClient {
  readonly clientId: string
  readonly clientSecret: string
  /** What its webhooks are signed with, where they belong to the app. */
  readonly webhookSecret?: string
}
