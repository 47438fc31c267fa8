// The server's own log lines: one line each on standard error, made of fixed words, codes and ids only.

/** Writes one line. Pass codes, ids and counts; never text that came from outside. */
export function log(message: string, facts: Readonly<Record<string, string | number>> = {}): void {
  const tail = Object.entries(facts).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
  process.stderr.write(`authpipe: ${message}${tail.join('')}\n`)
}
