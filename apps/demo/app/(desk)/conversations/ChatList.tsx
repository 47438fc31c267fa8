import type { Chat } from '../../../parseChats.ts'
import { Avatar } from '../../Avatar.tsx'
import { ago } from './ago.ts'

/** The conversations, the newest first. */
export function ChatList({ chats }: { readonly chats: readonly Chat[] }) {
  if (chats.length === 0) {
    return (
      <section className="card empty">
        <h2>No conversations yet</h2>
        <p className="muted">Chats appear here as soon as a customer writes.</p>
      </section>
    )
  }
  return (
    <ul className="card rows chats" aria-label="Conversations">
      {chats.map(({ id, customer, lastMessage, lastAuthor, lastMessageAt, active }) => (
        <li key={id}>
          <Avatar name={customer} />
          <div>
            <h2>{customer}</h2>
            <p className="muted">
              {lastAuthor === 'agent' && 'You: '}
              {lastMessage}
            </p>
          </div>
          <p className="meta">
            <time dateTime={lastMessageAt}>{ago(lastMessageAt)}</time>
            {active && <span className="pill">Open</span>}
          </p>
        </li>
      ))}
    </ul>
  )
}
