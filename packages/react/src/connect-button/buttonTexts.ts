import type { Messages } from '../messages.ts'

/** What the button itself reads: all that a first paint may show. The note below it brings its own texts. */
export const buttonTexts = {
  connect: 'Connect {provider}',
  reconnect: 'Reconnect {provider}',
  connecting: 'Connecting…',
  detached: 'Continue in window…',
  confirming: 'Almost there…',
  active: 'Connected',
  loading: 'Loading connections',
  // Where not even the note can be loaded.
  offline: 'You’re offline.',
  errors: { network_error: 'The server can’t be reached right now.' },
} satisfies Partial<Omit<Messages, 'errors'>> & { errors: Partial<Messages['errors']> }
