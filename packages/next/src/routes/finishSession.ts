// `POST /sessions/finish`: the only place that redeems a code.
import { AuthpipeError, createError, type AuthpipeErrorCode, type ServerErrorCode } from '@authpipe/core'
import { connectAccount } from '../credentials/connectAccount.ts'
import { identifyAccount } from '../credentials/identifyAccount.ts'
import { storeConnection, type StoredConnection } from '../credentials/storeConnection.ts'
import type { Engine } from '../engine.ts'
import { applyApp, stateOf, verifyInstall } from '../installations/installResponse.ts'
import { judgeAuthorizationResponse } from '../oauth/authorizationResponse.ts'
import { expectedIssuer } from '../oauth/authorizationServer.ts'
import { codeExchangeError, exchangeCode } from '../oauth/tokenRequests.ts'
import type { TokenSet } from '../oauth/tokenResponse.ts'
import { isSamePrincipal, type Principal } from '../principal.ts'
import type { OAuthClient, RegisteredProvider } from '../registrations.ts'
import type { SessionRecord } from '../store/store.ts'
import { checkAllowed, ownerOf } from './accessRules.ts'
import { hashOf, isSameHash, readBindingCookie } from './bindingCookie.ts'
import { completionPage } from './pages/completionPage.ts'
import { readFormBody } from './requestBody.ts'
import { withSession } from './returnTo.ts'
import { redirectResponse, type PageContext, type Route, type RouteContext } from './route.ts'
import { openSession } from './sessionSecret.ts'

/**
 * Finishes a session: who finishes must be who started, in the browser that started, with the answer of the provider that
 * was asked; then the session is consumed, once, and only then is the code redeemed.
 *
 * @see RFC 6749 §10.12, RFC 9700 §4.4 and §4.7
 */
export const finishSession: Route = async (context) => {
  const { engine, request } = context
  const page: PageContext = {}
  context.page = page
  const principal = await context.principal()
  const form = await readFormBody(request)
  const state = readState(engine, form)
  const session = await findSession(context, principal, state, form)
  const registered = engine.registrations.get(session.provider)
  page.sessionId = session.id
  page.providerName = registered.definition.name
  if (session.mode === 'redirect' && session.returnTo !== undefined) page.returnTo = withSession(session.returnTo, session.id)

  checkUnused(session, engine.now())
  const provider = await registered.at(session)
  const secret = await openSession(engine, session)
  const answer = secret.kind === 'user' ? judgeAuthorizationResponse(askedClient(session, provider), state, form) : undefined
  if (answer && answer.kind !== 'code') return refuse(engine, session, answer.kind)
  await checkAllowed(engine, principal, session.connectionId === undefined ? 'connect' : 'reconnect', provider.id)

  if (!(await engine.store.moveSession(session.id, 'pending', { status: 'redeeming' }))) throw alreadyUsed()
  try {
    const connected = answer
      ? await redeem(engine, session, provider, { parameters: answer.parameters, codeVerifier: secret.codeVerifier })
      : await install(engine, session, provider, form)
    return complete(context, session, provider, connected)
  } catch (error) {
    const code: AuthpipeErrorCode = error instanceof AuthpipeError ? error.code : 'internal_error'
    await engine.store.moveSession(session.id, 'redeeming', { status: 'failed', errorCode: code })
    throw error
  }
}

/** The provider is only needed for the name of the parameter; whether the session is of it is judged later. */
function readState(engine: Engine, form: URLSearchParams): string {
  const provider = engine.registrations.find(form.get('provider') ?? '')
  return provider ? stateOf(provider.definition, form) : ''
}

/** Finds the session of an answer and leaves it untouched where the answer is not from its own person, browser and provider. */
async function findSession({ engine, request }: RouteContext, principal: Principal, state: string, form: URLSearchParams): Promise<SessionRecord> {
  if (form.getAll('state').length > 1 || form.getAll('provider').length > 1) throw createError('invalid_request', 'The answer has a parameter twice. Start again.')
  const session = state === '' ? undefined : await engine.store.findSessionByState(hashOf(state))
  if (!session) throw createError('state_mismatch', 'The answer does not belong to a session that is known here. Nothing was redeemed. Start again.')

  const binding = readBindingCookie(engine.baseUrl, request)
  if (binding === undefined || !isSameHash(session.bindingHash, hashOf(binding))) {
    throw createError('state_mismatch', 'Another browser started this session. Nothing was redeemed. Start again in this one.')
  }
  if (!isSamePrincipal(session, principal)) {
    throw createError('principal_mismatch', 'Somebody else started this session. Nothing was redeemed. Start again as the one who is signed in now.')
  }
  if (form.get('provider') !== session.provider || (form.get('contextId') ?? undefined) !== session.contextId) {
    throw createError('state_mismatch', 'The answer came to the callback of another provider. Nothing was redeemed. Start again.')
  }
  return session
}

function checkUnused({ status, expiresAt }: SessionRecord, now: number): void {
  if (status !== 'pending') throw alreadyUsed()
  if (now >= expiresAt) throw createError('session_expired', 'The session ran out. Nothing was redeemed. Start again.')
}

function alreadyUsed(): AuthpipeError {
  return createError('session_already_used', 'The session was finished or cancelled already. Nothing was redeemed a second time.')
}

/** Our client as the session asked with it. One that was pointed at another issuer since must not get the code of the first. */
function askedClient(session: SessionRecord, provider: RegisteredProvider): OAuthClient {
  const client = provider.oauth(session.settings)
  if (session.issuer === expectedIssuer(client)) return client
  throw createError('issuer_mismatch', 'The provider was set up anew while the session was open. Nothing was redeemed. Start again.')
}

async function refuse(engine: Engine, session: SessionRecord, kind: 'denied' | 'failed'): Promise<never> {
  const code: ServerErrorCode = kind === 'denied' ? 'authorization_denied' : 'authorization_failed'
  if (!(await engine.store.moveSession(session.id, 'pending', { status: kind, errorCode: code }))) throw alreadyUsed()
  throw createError(code, kind === 'denied' ? 'Access was not approved. Nothing was changed.' : 'The provider ended the sign-in with an error. Nothing was changed. Start again.')
}

/** Stores an install that the provider confirms. It serves the whole tenant, whoever installed it. */
async function install(engine: Engine, session: SessionRecord, provider: RegisteredProvider, form: URLSearchParams): Promise<StoredConnection> {
  const { tenantId, connectionId } = session
  const settings = await verifyInstall(engine, provider, form)
  const account = await identifyAccount(engine, provider, applyApp(provider.installation), { tokenResponse: {}, scopes: [], settings })
  return storeConnection(engine, {
    tenantId,
    ownerId: '',
    provider,
    kind: 'installation',
    credentialType: 'api_key',
    account,
    secrets: {},
    expiresAt: undefined,
    scopes: [],
    missingScopes: [],
    settings,
    connectionId,
    sessionId: session.id,
  })
}

async function redeem(
  engine: Engine,
  session: SessionRecord,
  provider: RegisteredProvider,
  { parameters, codeVerifier }: { readonly parameters: URLSearchParams; readonly codeVerifier: string | undefined },
): Promise<StoredConnection> {
  const { tenantId, userId, redirectUri, scopes, settings, connectionId } = session
  let tokens: TokenSet
  try {
    const exchange = { parameters, redirectUri, codeVerifier }
    tokens = await engine.telemetry.measure('redeem', { provider: session.provider }, () => exchangeCode(engine.outbound.fetch, provider.oauth(settings), exchange))
  } catch (failure) {
    throw codeExchangeError(failure)
  }
  return connectAccount(engine, {
    tenantId,
    ownerId: ownerOf(provider, { tenantId, userId }),
    provider,
    tokens,
    scopes,
    settings,
    connectionId,
    sessionId: session.id,
  })
}

function complete({ engine, page }: RouteContext, session: SessionRecord, provider: RegisteredProvider, { connection }: StoredConnection): Response {
  if (page?.returnTo !== undefined) return redirectResponse(page.returnTo)
  const { label } = connection.account
  return completionPage({
    title: `${provider.definition.name} is connected`,
    mark: 'good',
    text: label === undefined ? 'You can close this window.' : `As ${label}. You can close this window.`,
    sessionId: session.id,
    origin: engine.baseUrl.origin,
    closes: true,
  })
}
