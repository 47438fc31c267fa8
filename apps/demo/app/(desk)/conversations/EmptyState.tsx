import Link from 'next/link'
import type { Chats } from '../../../listChats.ts'

const texts = {
  absent: {
    title: 'Connect LiveChat to see your conversations',
    sentence: 'It takes a minute. Northwind Desk only asks to read chats and your own agent profile.',
    link: { href: '/integrations', label: 'Connect LiveChat' },
  },
  needs_reauth: {
    title: 'LiveChat needs you to sign in again',
    sentence: 'Northwind Desk lost its access, so new messages do not arrive. Reconnecting brings them back.',
    link: { href: '/integrations', label: 'Reconnect LiveChat' },
  },
  refused: {
    title: 'LiveChat refuses Northwind Desk right now',
    sentence: 'It does not say whether this account or the whole app is meant. If you removed Northwind Desk in LiveChat, disconnect it here and connect again.',
    link: { href: '/integrations', label: 'Go to integrations' },
  },
  unavailable: {
    title: 'LiveChat does not answer right now',
    sentence: 'Your connection is fine and nothing is lost. Try again in a moment.',
    link: { href: '/conversations', label: 'Try again' },
  },
} as const

/** Says why no conversations are shown, and what to do about it. */
export function EmptyState({ state }: { readonly state: Exclude<Chats['state'], 'listed'> }) {
  const { title, sentence, link } = texts[state]
  return (
    <section className="card empty" data-state={state}>
      <h2>{title}</h2>
      <p className="muted">{sentence}</p>
      <Link className="button primary" href={link.href}>
        {link.label}
      </Link>
    </section>
  )
}
