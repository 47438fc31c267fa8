/** A chat as the conversations page shows it. */
export interface Chat {
  readonly id: string
  readonly customer: string
  readonly lastMessage: string
  /** Who wrote the last message. */
  readonly lastAuthor: 'customer' | 'agent'
  /** ISO 8601. */
  readonly lastMessageAt: string
  readonly active: boolean
}

/**
 * Reads LiveChat's list of chats, the newest message first. A chat without a customer or a message is left out.
 *
 * @see https://platform.text.com/docs/messaging/agent-chat-api (List Chats)
 */
export function parseChats(body: unknown): Chat[] {
  return list(member(body, 'chats_summary'))
    .flatMap((summary) => parseChat(summary) ?? [])
    .toSorted((one, other) => Date.parse(other.lastMessageAt) - Date.parse(one.lastMessageAt))
}

function parseChat(summary: unknown): Chat | undefined {
  const customer = list(member(summary, 'users')).find((user) => member(user, 'type') === 'customer')
  const message = member(member(member(summary, 'last_event_per_type'), 'message'), 'event')
  const [id, name, text, at] = [member(summary, 'id'), member(customer, 'name'), member(message, 'text'), member(message, 'created_at')]
  if (typeof id !== 'string' || typeof name !== 'string' || typeof text !== 'string' || typeof at !== 'string') return undefined
  return {
    id,
    customer: name,
    lastMessage: text,
    lastAuthor: member(message, 'author_id') === member(customer, 'id') ? 'customer' : 'agent',
    lastMessageAt: at,
    active: member(member(summary, 'last_thread_summary'), 'active') === true,
  }
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}
