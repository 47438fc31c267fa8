import type { Metadata } from 'next'
import { listChats } from '../../../listChats.ts'
import { requirePerson } from '../../../signedIn.ts'
import { ChatList } from './ChatList.tsx'
import { EmptyState } from './EmptyState.tsx'

export const metadata: Metadata = { title: 'Conversations' }

export default async function ConversationsPage() {
  const outcome = await listChats(await requirePerson())
  return (
    <>
      <h1>Conversations</h1>
      <p className="lead">What your customers wrote in LiveChat, read on the server with your connection.</p>
      {outcome.state === 'listed' ? <ChatList chats={outcome.chats} /> : <EmptyState state={outcome.state} />}
    </>
  )
}
