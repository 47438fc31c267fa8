// The server's own log lines: one line each on standard error, made of fixed words, codes and ids only.

/** Everything that a line may tell beside its words. What is not listed does not get out, whoever passes it. */
const fields = [
  // What it is about.
  'provider', 'connection', 'event', 'webhook', 'type', 'kind', 'id', 'file',
  // What went wrong, in words of ours.
  'code', 'error', 'reason', 'message', 'name', 'at', 'instance', 'fix',
  // How many.
  'tenants', 'tenantKeys', 'connections', 'sessions', 'events', 'revocations', 'webhooks', 'webhookEndpoints',
  'rewrappedKeys', 'newKeys', 'resealed', 'unreadable', 'removedKeys', 'keptKeys',
  // Ids of key-encryption keys.
  'needed', 'removable',
] as const

type Field = (typeof fields)[number]

const isField = (name: string): name is Field => fields.some((field) => field === name)

/** Writes one line. Pass codes, ids and counts; never text that came from outside. */
export function log(message: string, facts: Readonly<Partial<Record<Field, string | number>>> = {}): void {
  const tail = Object.entries(facts).map(([name, value]) => (isField(name) ? ` ${name}=${plain(JSON.stringify(value))}` : ''))
  process.stderr.write(`authpipe: ${message}${tail.join('')}\n`)
}

/** JSON leaves line separators, terminal controls above ASCII and changes of direction as they are; a log is read in terminals. */
function plain(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
