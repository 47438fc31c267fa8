import type { MessageOverrides } from '../messages.ts'

/** What an `InstallButton` reads where a `ConnectButton` speaks of connecting. */
export const installTexts = {
  connect: 'Install {provider}',
  reconnect: 'Install {provider} again',
  connecting: 'Installing…',
  active: 'Installed',
  errors: {
    connect_cancelled: 'Installing was cancelled. Nothing was changed.',
    authorization_denied: '{provider} was not installed. Nothing was changed.',
    forbidden: 'You are not allowed to install {provider}.',
    other: '{provider} could not be installed.',
  },
  reasons: {
    needs_reauth: '{provider} has to be installed again to keep syncing.',
    failed: '{provider} refuses access to this workspace.',
    account_suspended: 'This {provider} workspace is suspended.',
    plan_unsupported: 'The plan of this {provider} workspace does not include access.',
  },
} satisfies MessageOverrides
