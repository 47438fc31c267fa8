// The server's own log lines: one line each on standard error, made of fixed words, codes and ids only.

/** Writes one line. Pass codes, ids and counts; never text that came from outside. */
export function log(message: string, facts: Readonly<Record<string, string | number>> = {}): void {
  const tail = Object.entries(facts).map(([name, value]) => ` ${name}=${plain(JSON.stringify(value))}`)
  process.stderr.write(`authpipe: ${message}${tail.join('')}\n`)
}

/** JSON leaves line separators, terminal controls above ASCII and changes of direction as they are; a log is read in terminals. */
function plain(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
