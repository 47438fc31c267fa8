// Whether the answers of providers come to a preview.
import { AuthpipeError } from '@authpipe/core'
import type { Inspection } from '@authpipe/next/inspect'
import { ok, problem, type Finding } from './Finding.ts'

/** Nothing where providers return to the app itself. */
export async function checkRelay(inspection: Inspection): Promise<readonly Finding[]> {
  try {
    const found = await inspection.probeRelay()
    return found ? [judge(found)] : []
  } catch (error) {
    if (!(error instanceof AuthpipeError)) throw error
    return [problem('relay', error.message, 'Set AUTHPIPE_RELAY_SECRET to what the deployment that relays has.')]
  }
}

function judge({ through, verdict }: NonNullable<Awaited<ReturnType<Inspection['probeRelay']>>>): Finding {
  switch (verdict) {
    case 'relays':
      return ok('relay', `${through} passes answers on to this app.`)
    case 'ignores':
      return problem('relay', `${through} takes answers to this app for its own.`, 'Give that deployment "relay.to", and both the same AUTHPIPE_RELAY_SECRET.')
    case 'refuses':
      return problem('relay', `${through} passes nothing on to this app.`, `Add the origin of this app to "relay.to" there, and let "relay.through" here be the base URL of that deployment to the letter.`)
    case 'no_answer':
      return problem('relay', `Nothing that relays answers at ${through}.`, 'Start that deployment, with the same providers, or correct "relay.through".')
  }
}
