import type { AuthpipeError, AuthpipeErrorCode } from '@authpipe/core'
import type { PageContext } from '../route.ts'
import { completionPage } from './completionPage.ts'

/** What a person reads, by code. `{provider}` is the provider's name. Codes that are not here have nothing more to say than the last line. */
const texts: Partial<Record<AuthpipeErrorCode, readonly [title: string, text: string]>> = {
  unauthenticated: ['You are signed out', 'Sign in to the app again, then connect {provider} once more.'],
  forbidden: ['You may not do this', 'Ask an administrator of your workspace to connect {provider}.'],
  origin_not_allowed: ['This has to start in the app', 'Go back to the app and use its Connect button.'],
  unknown_provider: ['This integration is not available', 'Go back to the app and choose another one.'],
  rate_limited: ['Too many tries', 'Wait a few minutes, then connect {provider} again.'],
  session_not_found: ['This sign-in is not known', 'Go back to the app and connect {provider} again.'],
  session_expired: ['This sign-in ran out', 'It was open for more than ten minutes. Go back to the app and connect {provider} again.'],
  session_already_used: ['This sign-in is done already', 'You can close this window and go back to the app.'],
  state_mismatch: ['This sign-in does not belong to this browser', 'Nothing was connected. Go back to the app and connect {provider} again, in this same browser, which has to accept cookies.'],
  issuer_mismatch: ['The answer came from somewhere else', 'Nothing was connected. Go back to the app and connect {provider} again.'],
  principal_mismatch: ['You are signed in as someone else now', 'Nothing was connected. Go back to the app and connect {provider} again as the person you want to be.'],
  authorization_denied: ["{provider} access wasn't approved", 'Nothing was changed. You can close this window.'],
  authorization_failed: ['{provider} could not finish the sign-in', 'Nothing was changed. Go back to the app and try again.'],
  code_exchange_failed: ['{provider} did not accept the sign-in', 'Nothing was changed. Go back to the app and connect again.'],
  account_mismatch: ['This is another {provider} account', 'Nothing was changed. Sign in to the account that was connected before, or add this one as a second.'],
  connection_not_found: ['The connection is gone', 'Go back to the app and connect {provider} anew.'],
  provider_unreachable: ["{provider} isn't answering", 'Nothing was changed. Try again in a few minutes.'],
  provider_rate_limited: ['{provider} is busy', 'Nothing was changed. Try again in a few minutes.'],
  provider_response_invalid: ["{provider} gave an answer that can't be used", 'Nothing was changed. Try again; if it stays, tell the people who run this app.'],
  provider_misconfigured: ['This app is not set up for {provider} yet', 'Nothing was changed. Tell the people who run this app: the provider refuses its client id or secret.'],
  invalid_request: ['This request is not complete', 'Go back to the app and connect {provider} again.'],
  not_found: ['There is nothing here', 'Go back to the app.'],
}

const unforeseen = ['Something went wrong', 'Nothing was connected. Try again; if it stays, tell the people who run this app.'] as const

/** An error as a person reads it: our words chosen by code, never text that came from outside. */
export function errorPage(error: AuthpipeError, { sessionId, providerName = 'the service', isForDevelopers = false }: PageContext, origin: string): Response {
  const [title, text] = isForDevelopers && error.code === 'invalid_configuration' ? ['This preview is not set up yet', error.message] : (texts[error.code] ?? unforeseen)
  const fill = (words: string): string => {
    const filled = words.replaceAll('{provider}', providerName)
    return filled.charAt(0).toUpperCase() + filled.slice(1)
  }
  return completionPage({
    status: error.status,
    title: fill(title),
    mark: 'bad',
    text: fill(text),
    reference: error.instance ? `${error.code} · ${error.instance}` : error.code,
    sessionId,
    origin,
    closes: error.code === 'authorization_denied',
  })
}
