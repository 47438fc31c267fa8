import { livechatPeople, type LivechatPerson } from './livechatPeople.ts'

/** A conversation as the stand-in keeps it. */
export interface LivechatChat {
  readonly id: string
  readonly threadId: string
  /** Domain of the organization it belongs to. */
  readonly domain: string
  readonly groupId: number
  readonly active: boolean
  readonly customer: { readonly id: string; readonly name: string; readonly email: string }
  /** E-mail address of the agent in the chat. */
  readonly agent: string
  /** The oldest first. */
  readonly messages: readonly { readonly from: 'customer' | 'agent'; readonly text: string; readonly minutesAgo: number }[]
}

const chats: readonly LivechatChat[] = [
  chat('PJ0MRSHTDG', 'northwind.example', 1, true, 'Hannah Weiss', 'sam@northwind.example', [
    ['customer', 'Hi! My order says delivered but nothing is here.', 9],
    ['agent', 'Hello Hannah, I am sorry about that. Let me look it up.', 7],
    ['customer', 'Thank you, the number is 20417.', 4],
  ]),
  chat('PK2NTVJWFB', 'northwind.example', 1, true, 'Tomás Rivera', 'sam@northwind.example', [
    ['customer', 'Do you grind the beans for a moka pot?', 31],
    ['agent', 'We do: choose "fine" at checkout.', 28],
    ['customer', 'Perfect, ordering now.', 26],
  ]),
  chat('PL8QXZKRHC', 'northwind.example', 0, false, 'Priya Nair', 'ada@northwind.example', [
    ['customer', 'Can we get an invoice with our VAT number?', 190],
    ['agent', 'Of course, it is on its way to your inbox.', 182],
  ]),
  chat('PM5RBWLSKD', 'northwind.example', 0, false, 'Jonas Berg', 'ada@northwind.example', [
    ['customer', 'I would like to pause my subscription for August.', 1520],
    ['agent', 'Paused. It starts again on the first of September.', 1512],
    ['customer', 'Great service, thanks!', 1509],
  ]),
  chat('PN7SDXMTLE', 'bluebird.example', 1, true, 'Aiko Tanaka', 'leo@bluebird.example', [
    ['customer', 'Is breakfast included in the Lisbon package?', 14],
    ['agent', 'Yes, every morning from seven.', 11],
    ['customer', 'And can we check in after midnight?', 6],
  ]),
  chat('PQ3TFYNUME', 'bluebird.example', 0, false, 'Owen Clarke', 'mia@bluebird.example', [
    ['customer', 'Our flight was moved by a day, what about the hotel?', 410],
    ['agent', 'I moved the hotel too; the new voucher is in your inbox.', 395],
  ]),
]

function chat(
  id: string,
  domain: string,
  groupId: number,
  active: boolean,
  name: string,
  agent: string,
  messages: readonly (readonly [from: 'customer' | 'agent', text: string, minutesAgo: number])[],
): LivechatChat {
  const email = `${name.toLowerCase().normalize('NFD').replace(/[^a-z ]/g, '').replace(' ', '.')}@example.com`
  return {
    id,
    threadId: `T${id.slice(1)}`,
    domain,
    groupId,
    active,
    customer: { id: `${id.toLowerCase()}-customer`, name, email },
    agent,
    messages: messages.map(([from, text, minutesAgo]) => ({ from, text, minutesAgo })),
  }
}

/** Which chats of their organization somebody sees. */
export type ChatReach = 'all' | 'access' | 'my'

// LC-AGENT, List Chats: chats--all finds chats of all groups, chats--access those of the requester's groups.
export function chatsOf(person: LivechatPerson, reach: ChatReach): readonly LivechatChat[] {
  return chats.filter(
    ({ domain, groupId, agent }) =>
      domain === person.organization.domain && (reach === 'all' || (reach === 'access' ? person.groupIds.includes(groupId) : agent === person.email)),
  )
}

// LC-AGENT, List Chats: the shape of a chat summary.
export function chatSummary(conversation: LivechatChat, now: number): Readonly<Record<string, unknown>> {
  const thread = threadOf(conversation, now)
  const event = thread.events.at(-1)
  return {
    id: conversation.id,
    last_event_per_type: { message: { thread_id: thread.id, thread_created_at: thread.created_at, event } },
    users: usersOf(conversation, now),
    last_thread_summary: {
      id: thread.id,
      created_at: thread.created_at,
      user_ids: thread.user_ids,
      properties: {},
      active: thread.active,
      access: thread.access,
    },
    properties: {},
    access: thread.access,
    is_followed: false,
  }
}

// LC-AGENT, Get Chat: the shape of a chat with its latest thread.
export function wholeChat(conversation: LivechatChat, now: number): Readonly<Record<string, unknown>> {
  const thread = threadOf(conversation, now)
  return { id: conversation.id, thread, users: usersOf(conversation, now), properties: {}, access: thread.access, is_followed: false }
}

const threadOf = ({ threadId, active, groupId, customer, agent, messages }: LivechatChat, now: number) => ({
  id: threadId,
  created_at: timestamp(now, messages[0]?.minutesAgo ?? 0),
  active,
  user_ids: [customer.id, agent],
  events: messages.map(({ from, text, minutesAgo }, index) => ({
    id: `${threadId}_${index + 1}`,
    created_at: timestamp(now, minutesAgo),
    visibility: 'all',
    type: 'message',
    text,
    author_id: from === 'customer' ? customer.id : agent,
  })),
  properties: {},
  access: { group_ids: [groupId] },
})

const usersOf = ({ customer, agent, active, messages }: LivechatChat, now: number) => [
  { ...customer, type: 'customer', present: active, created_at: timestamp(now, messages[0]?.minutesAgo ?? 0), statistics: { chats_count: 1 } },
  { id: agent, email: agent, name: livechatPeople.find(({ email }) => email === agent)?.name, type: 'agent', present: active, visibility: 'all' },
]

// LC-AGENT: RFC 3339 in microseconds.
const timestamp = (now: number, minutesAgo: number): string => new Date(now - minutesAgo * 60_000).toISOString().replace('Z', '000Z')
