import { accessDenied, answerFreshworks, invalidCredentials } from '../freshworks/answerFreshworks.ts'
import { findByKey } from '../freshworks/freshworksAccounts.ts'
import type { FreshworksAccount, FreshworksState } from '../freshworks/FreshworksState.ts'
import { listTickets } from '../freshworks/freshworksTickets.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import type { PathParameters } from '../pathPattern.ts'

/** GET /agents/me: the agent whose key it is. FD-W6W, FD-NANGO: works for any role. */
export const agentsMe = (state: FreshworksState, request: SandboxRequest, path: PathParameters): Reply =>
  answerCall(state, request, path, ({ agentId, name, email, kind }) =>
    jsonReply(200, {
      available: true,
      occasional: false,
      id: agentId,
      ticket_scope: kind === 'admin' ? 1 : 2,
      type: 'support_agent',
      signature: null,
      group_ids: [],
      role_ids: [kind === 'admin' ? 1 : 2],
      created_at: '2024-03-04T09:12:00Z',
      updated_at: '2026-06-18T15:40:00Z',
      // FD-W6W: name and e-mail address stand in the nested contact.
      contact: {
        active: true,
        email,
        job_title: null,
        language: 'en',
        last_login_at: '2026-11-21T08:05:00Z',
        mobile: null,
        name,
        phone: null,
        time_zone: 'Eastern Time (US & Canada)',
        created_at: '2024-03-04T09:12:00Z',
        updated_at: '2026-06-18T15:40:00Z',
      },
    }),
  )

/** GET /account: the helpdesk. FD-W6W: for administrators, and the only call that names the organization. */
export const account = (state: FreshworksState, request: SandboxRequest, path: PathParameters): Reply =>
  answerCall(state, request, path, ({ kind, organization, settings: { subdomain } }) =>
    kind === 'admin' ? jsonReply(200, { account_name: organization, account_domain: `${subdomain}.freshdesk.com`, tier_type: 'Paid' }) : accessDenied(),
  )

/** GET /settings/helpdesk. FD-NANGO: answers any agent. */
export const settingsHelpdesk = (state: FreshworksState, request: SandboxRequest, path: PathParameters): Reply =>
  answerCall(state, request, path, () => jsonReply(200, { primary_language: 'en', supported_languages: [], portal_languages: [] }))

/** GET /tickets: the newest tickets, as a bare list. */
export const tickets = (state: FreshworksState, request: SandboxRequest, path: PathParameters): Reply =>
  answerCall(state, request, path, ({ accountId, settings: { subdomain } }) => {
    if (state.settings.restricted.includes(accountId)) return accessDenied()
    const page = listTickets(subdomain, request, state.context.now())
    if ('status' in page) return page
    const next = new URL(request.url.pathname + request.url.search, state.context.url())
    next.searchParams.set('page', String(Number(next.searchParams.get('page') ?? 1) + 1))
    // FD-API: a Link header names the next page, where there is one.
    return jsonReply(200, page.tickets, page.hasMore ? { link: `<${next.href}>; rel="next"` } : {})
  })

const answerCall = (state: FreshworksState, request: SandboxRequest, { subdomain = '' }: PathParameters, answer: (account: FreshworksAccount) => Reply): Reply =>
  answerFreshworks(state, subdomain, {
    request,
    // FD-API: Basic with the key as user name and any password; 401 where it is missing or wrong.
    identify: () => findByKey(state, subdomain, request.basic()?.user ?? '') ?? invalidCredentials(),
    answer,
  })
