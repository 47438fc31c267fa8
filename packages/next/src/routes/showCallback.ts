// `GET`/`POST /callback/:provider[/:contextId]`: where the provider returns to. Nothing is read, written or redeemed here.
import type { BaseUrl } from '../baseUrl.ts'
import { callbackUrl } from '../callbackUrl.ts'
import { responseParameters } from '../oauth/authorizationResponse.ts'
import { installParameters, stateOf } from '../installations/installResponse.ts'
import type { RegisteredProvider } from '../registrations.ts'
import { findRelayTarget } from '../relay/findRelayTarget.ts'
import { callbackPage, type Fields } from './pages/callbackPage.ts'
import { readFormBody } from './requestBody.ts'
import { redirectResponse, type Route, type RouteContext } from './route.ts'

export const showCallback: Route = async (context) => {
  const { engine, request, url, params } = context
  const provider = engine.registrations.get(params.provider ?? '')
  context.page = { providerName: provider.definition.name, isForDevelopers: engine.relay !== undefined }
  const answer = request.method === 'POST' ? await readFormBody(request) : url.searchParams
  // A parameter that comes twice stays twice, for the finish to refuse.
  const fields = [...responseParameters, ...installParameters(provider.definition)].flatMap((name) => answer.getAll(name).map((value) => [name, value] as const))
  const target = await findRelayTarget(engine, stateOf(provider.definition, answer))
  if (target) return relay(context, target, provider, fields)
  return callbackPage(`${engine.baseUrl.href}/sessions/finish`, provider.definition.name, [
    ['provider', provider.id],
    ...(params.contextId === undefined ? [] : [['contextId', params.contextId] as const]),
    ...fields,
  ])
}

/** Passes an answer on to the callback of another deployment, in the way in which the provider sent it. */
function relay({ request, params }: RouteContext, target: BaseUrl, { id, definition }: RegisteredProvider, fields: Fields): Response {
  const url = callbackUrl(target, id, params.contextId)
  if (request.method === 'POST') return callbackPage(url, definition.name, fields, target.origin)
  const query = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]))
  return redirectResponse(`${url}?${query.toString()}`)
}
