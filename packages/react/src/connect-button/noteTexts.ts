import type { Messages } from '../messages.ts'

/** What is read below a connect button in an attempt, and when something needs attention. */
export const noteTexts = {
  needs_reauth: 'Needs attention',
  failed: 'Failed',
  finish: 'Finish in the {provider} window.',
  finishOrRetry: 'Finish connecting in the {provider} window. Closed it?',
  cancel: 'Cancel',
  retry: 'Try again',
  newTab: 'Open in a new tab',
  thisTab: 'Continue in this tab',
  rightAccount: 'Use the right account',
  addAccount: 'Add as a second account',
  errors: {
    popup_blocked: 'Your browser blocked the {provider} window.',
    connect_cancelled: 'Connecting was cancelled. Nothing was changed.',
    connect_timed_out: 'This took too long, so we stopped waiting.',
    authorization_denied: '{provider} access wasn’t approved. Nothing was changed.',
    account_mismatch: 'This is another {provider} account than before. Nothing was changed.',
    unauthenticated: 'You are signed out. Sign in and try again.',
    forbidden: 'You are not allowed to connect {provider}.',
    provider_unreachable: '{provider} isn’t answering right now.',
    other: '{provider} could not be connected.',
  },
  reasons: {
    needs_reauth: '{provider} needs you to sign in again to keep syncing.',
    failed: '{provider} refuses access to this account.',
    credential_rejected: '{provider} no longer accepts the key.',
    account_suspended: 'This {provider} account is suspended.',
    plan_unsupported: 'The plan of this {provider} account does not include access.',
  },
} satisfies Partial<Messages>
