/** What is measured. The names are part of what an app's dashboards are built on. */
export interface OperationNames {
  /** Name of the span; its duration is the metric of the same name with `.duration`, in seconds. */
  readonly span: string
  /** Name of the counter. */
  readonly counter: string
  /** What one is, in the unit of the counter. */
  readonly one: string
  /** Whether somebody else is asked over the network, and nothing but that. */
  readonly isRequest?: boolean
}

export const operations = {
  redeem: { span: 'authpipe.token.redeem', counter: 'authpipe.token.redemptions', one: 'redemption', isRequest: true },
  refresh: { span: 'authpipe.token.refresh', counter: 'authpipe.token.refreshes', one: 'refresh', isRequest: true },
  revoke: { span: 'authpipe.token.revoke', counter: 'authpipe.token.revocations', one: 'revocation', isRequest: true },
  check: { span: 'authpipe.health.check', counter: 'authpipe.health.checks', one: 'check' },
  maintain: { span: 'authpipe.maintenance.round', counter: 'authpipe.maintenance.rounds', one: 'round' },
  deliver: { span: 'authpipe.event.deliver', counter: 'authpipe.event.deliveries', one: 'delivery' },
  offer: { span: 'authpipe.webhook.deliver', counter: 'authpipe.webhook.deliveries', one: 'delivery' },
  wrap: { span: 'authpipe.key.wrap', counter: 'authpipe.key.wraps', one: 'key', isRequest: true },
  unwrap: { span: 'authpipe.key.unwrap', counter: 'authpipe.key.unwraps', one: 'key', isRequest: true },
  read: { span: 'authpipe.credential.read', counter: 'authpipe.credential.reads', one: 'read' },
} as const satisfies Record<string, OperationNames>

export type Operation = keyof typeof operations
