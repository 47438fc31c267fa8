import type { ListedIntegration } from '@authpipe/react'

/** Everything that the desk can be connected to, and what for. */
export const integrations: readonly ListedIntegration[] = [
  { provider: 'livechat', description: 'Bring the chats of your customers into Northwind Desk.' },
  { provider: 'help-scout', description: 'Answer the conversations of your shared inboxes.' },
  { provider: 'freshdesk', description: 'See tickets beside the chats that they came from.' },
  { provider: 'freshservice', description: 'Hand a question over to your own IT.' },
  { provider: 'crisp', description: 'Read the conversations of one workspace, by a token of it.' },
  { provider: 'crisp', kind: 'installation', title: 'Crisp plugin', description: 'Install Northwind Desk in your Crisp workspace, for everybody in it.' },
  { provider: 'plain', description: 'An integration of your own, added with defineProvider.' },
]
