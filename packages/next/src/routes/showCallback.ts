// `GET`/`POST /callback/:provider[/:contextId]`: where the provider returns to. Nothing is read, written or redeemed here.
import { responseParameters } from '../oauth/authorizationResponse.ts'
import { installParameters } from '../installations/installResponse.ts'
import { callbackPage } from './pages/callbackPage.ts'
import { readFormBody } from './requestBody.ts'
import type { Route } from './route.ts'

export const showCallback: Route = async (context) => {
  const { engine, request, url, params } = context
  const provider = engine.registrations.get(params.provider ?? '')
  context.page = { providerName: provider.definition.name }
  const answer = request.method === 'POST' ? await readFormBody(request) : url.searchParams
  // A parameter that comes twice stays twice, for the finish to refuse.
  const fields = [...responseParameters, ...installParameters(provider.definition)].flatMap((name) => answer.getAll(name).map((value) => [name, value] as const))
  return callbackPage(`${engine.baseUrl.href}/sessions/finish`, provider.definition.name, [
    ['provider', provider.id],
    ...(params.contextId === undefined ? [] : [['contextId', params.contextId] as const]),
    ...fields,
  ])
}
