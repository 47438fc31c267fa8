// Looks for secrets in bytes, in every form in which they are easily written down.

/** The forms of a secret, each at least eight characters long, so that a hit is no accident. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const encoded = encodeURIComponent(secret)
  const forms = [
    secret,
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encoded,
    encodeURIComponent(encoded),
    JSON.stringify(secret).slice(1, -1),
  ]
  // In base64 a secret looks different at each of three offsets; what its neighbours reach into is cut off.
  for (const offset of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes])
    const whole = Math.floor((padded.length * 8) / 6)
    for (const encoding of ['base64', 'base64url'] as const) forms.push(padded.toString(encoding).slice(Math.ceil((offset * 8) / 6), whole))
  }
  return [...new Set(forms)].filter((form) => form.length >= 8)
}

/** The secrets that stand in some bytes, in any form. */
export function findSecrets(secrets: Iterable<string>, place: string | Uint8Array): string[] {
  const bytes = Buffer.from(place)
  return [...new Set(secrets)].filter((secret) => formsOf(secret).some((form) => bytes.includes(form)))
}
