import { AuthpipeError } from '@authpipe/next'
import { authpipe } from './authpipe.ts'
import { parseChats, type Chat } from './parseChats.ts'
import type { Person } from './people.ts'

/** A person's chats, or why they cannot be shown. */
export type Chats =
  | { readonly state: 'listed'; readonly chats: readonly Chat[] }
  | { readonly state: 'absent' | 'needs_reauth' | 'refused' | 'unavailable' }

/** Asks LiveChat for a person's chats, with the credential that Authpipe keeps for them. */
export async function listChats({ tenantId, userId }: Person): Promise<Chats> {
  try {
    const response = await authpipe.fetch({ provider: 'livechat', tenantId, userId }, '/agent/action/list_chats', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sort_order: 'desc' }),
    })
    return response.ok ? { state: 'listed', chats: parseChats(await response.json()) } : { state: 'unavailable' }
  } catch (error) {
    if (!(error instanceof AuthpipeError)) throw error
    if (error.code === 'connection_not_found') return { state: 'absent' }
    if (error.code === 'needs_reauth') return { state: 'needs_reauth' }
    if (error.code === 'provider_misconfigured') return { state: 'refused' }
    if (error.retryable) return { state: 'unavailable' }
    throw error
  }
}
