import type { Reply } from './http/reply.ts'
import type { SandboxRequest } from './http/SandboxRequest.ts'
import type { RequestLog } from './RequestLog.ts'
import type { StandInControl, StandInSettings } from './StandInControl.ts'

/** The parts of a provider that are counted, held and made to fail apart from each other. */
export type Endpoint = (typeof endpoints)[number]
/** `accounts` is who-am-I beside the API proper; `pages` is what a person sees and clicks. */
export const endpoints = ['authorization', 'token', 'revocation', 'accounts', 'api', 'pages'] as const

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Exact, or everything below where it ends in `*`. */
  readonly path: string
  readonly endpoint: Endpoint
  answer(request: SandboxRequest): Reply
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
export interface StandInDefinition<Settings extends StandInSettings> {
  readonly id: string
  /** The app that is registered there. */
  readonly client: SandboxClient
  /** The `endpoints` of a registration, for a sandbox at this URL. */
  endpoints(url: string): Record<string, string>
  create(context: StandInContext): StandInControl<Settings>
}

/** An app that a stand-in knows. */
export interface SandboxClient {
  readonly clientId: string
  readonly clientSecret: string
}
