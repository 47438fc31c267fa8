/** What the doctor looks at. The ids are stable, and each has its place in docs/cli.md. */
export const checks = {
  node: 'error',
  packages: 'error',
  'react-copies': 'error',
  'query-copies': 'error',
  route: 'error',
  'edge-runtime': 'error',
  app: 'error',
  'base-url': 'error',
  keys: 'error',
  sandbox: 'error',
  database: 'error',
  migrations: 'error',
  maintenance: 'warning',
  client: 'error',
  'redirect-uri': 'error',
  relay: 'error',
  server: 'error',
  origin: 'error',
  cookies: 'error',
  clock: 'error',
  'page-headers': 'error',
  'route-headers': 'error',
} as const satisfies Record<string, Severity>

/** Names a check. */
export type CheckId = keyof typeof checks

/** How bad a problem is: nobody can connect or credentials are in danger, or something works worse than it could. */
export type Severity = 'error' | 'warning'

/** What a check has found. No text in it holds a secret. */
export interface Finding {
  readonly id: CheckId
  readonly status: 'ok' | 'problem' | 'not_checked'
  /** Of a problem, or of the one that might be there. */
  readonly severity: Severity
  /** What it is about where a check is made of several: a provider, or whose clock. */
  readonly subject?: string
  /** What is so, or why it could not be told. */
  readonly message: string
  /** What to do about a problem. */
  readonly fix?: string
  readonly docsUrl: string
}

interface About {
  readonly subject?: string
  /** @defaultValue that of the check */
  readonly severity?: Severity
}

export function ok(id: CheckId, message: string, about: About = {}): Finding {
  return found(id, 'ok', message, about)
}

export function notChecked(id: CheckId, message: string, about: About = {}): Finding {
  return found(id, 'not_checked', message, about)
}

export function problem(id: CheckId, message: string, fix: string, about: About = {}): Finding {
  return { ...found(id, 'problem', message, about), fix }
}

function found(id: CheckId, status: Finding['status'], message: string, { subject, severity = checks[id] }: About): Finding {
  return { id, status, severity, ...(subject === undefined ? {} : { subject }), message, docsUrl: `https://github.com/authpipe/authpipe/blob/main/docs/cli.md#${id}` }
}
