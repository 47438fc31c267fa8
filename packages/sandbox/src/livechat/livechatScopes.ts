// LC-SCOPES: https://platform.text.com/docs/authorization/scopes and the scope constants behind that page.

/** Roles from the least to the greatest. */
export const livechatRoles = ['member', 'normal', 'administrator', 'viceowner', 'owner'] as const
export type LivechatRole = (typeof livechatRoles)[number]

export interface LivechatScope {
  readonly id: string
  /** The least role whose consent counts. The page names none for some, which then ask for none here. */
  readonly minimumRole: LivechatRole
  readonly description: string
}

const table = `
agents--my:rw | normal | edit your own agent profile
agents--my:ro | normal | read your own agent profile
agents--all:rw | administrator | edit every agent profile
agents--all:ro | normal | read every agent profile
access_rules:ro | administrator | read automatic chat access rules
access_rules:rw | administrator | read and edit automatic chat access rules
agents-bot--my:ro | administrator | read the bots of this app
agents-bot--my:rw | administrator | read and edit the bots of this app
agents-bot--all:ro | normal | read all bots
agents-bot--all:rw | administrator | read all bots and delete any of them
canned_responses--groups:ro | normal | read the canned responses of your groups
canned_responses--groups:rw | administrator | read and edit the canned responses of your groups
canned_responses--all:ro | administrator | read all canned responses, private ones too
canned_responses--all:rw | administrator | read and edit all canned responses
groups--my:rw | administrator | read and edit the groups you belong to
groups--my:ro | normal | read the groups you belong to
groups--all:rw | administrator | read and edit every group
groups--all:ro | normal | read every group
chats--all:ro | administrator | read every chat
chats--access:ro | normal | read the chats you have access to
chats--my:ro | normal | read the chats you take part in
chats.conversation--all:rw | administrator | write in every chat
chats.conversation--access:rw | normal | write in the chats you have access to
chats.conversation--my:rw | normal | write in the chats you take part in
chats--all:rw | administrator | read and write every chat
chats--access:rw | normal | read and write the chats you have access to
chats--my:rw | normal | read and write the chats you take part in
customers.ban:rw | normal | ban customers
customers:own | administrator | act as a customer
customers:ro | normal | read customers
customers:rw | normal | read, edit and create customers
multicast:rw | normal | send data to agents or customers
properties--my:ro | administrator | read the app's property definitions
properties--my:rw | administrator | edit the app's property definitions
properties--all:ro | administrator | read all property definitions
properties.configuration:rw | administrator | edit the property definitions of all your integrations
tags--all:rw | administrator | edit all tags
tags--all:ro | member | read all tags
tags--groups:rw | member | edit the tags of your groups
tags--groups:ro | normal | read the tags of your groups
webhooks--my:ro | administrator | read the app's webhooks
webhooks--my:rw | administrator | read and edit the app's webhooks
webhooks--all:ro | administrator | read all webhooks
webhooks--all:rw | administrator | read all webhooks and delete any of them
webhooks.state:ro | administrator | read whether the app's webhooks are on
webhooks.state:rw | administrator | turn the app's webhooks on and off
webhooks.configuration:rw | administrator | register and edit webhooks
properties.license.value--my:rw | administrator | write licence properties of the app
properties.license.value--all:rw | administrator | write licence properties that are public
properties.group.value--my:rw | administrator | write group properties of the app
properties.group.value--all:rw | administrator | write group properties that are public
accounts--my:ro | member | read your account
accounts--my:rw | member | read and edit your account
accounts--all:ro | member | read all accounts of your organization
accounts--all:rw | administrator | read and edit all accounts
accounts--all:rc | member | read and create accounts
accounts.roles--all:ro | member | read account roles
accounts.roles--all:rw | administrator | read and edit account roles
accounts.roles.lc--all:rw | administrator | read and edit roles inside LiveChat
sessions--my:ro | member | read your sessions
sessions--my:rw | member | read and edit your sessions
organization--my:rw | owner | read and edit the organization
`

/** Every documented scope. */
export const livechatScopes: readonly LivechatScope[] = table
  .trim()
  .split('\n')
  .map((line) => {
    const [id = '', role, meaning = ''] = line.split(' | ')
    const minimumRole = livechatRoles.find((known) => known === role)
    if (!minimumRole) throw new Error(`The scope ${id} has no known role.`)
    return { id, minimumRole, description: meaning.slice(0, 1).toUpperCase() + meaning.slice(1) }
  })

/** Whether somebody of this role may consent to the scope. */
export const mayConsent = (role: LivechatRole, scope: LivechatScope): boolean =>
  livechatRoles.indexOf(role) >= livechatRoles.indexOf(scope.minimumRole)

/** Whether any of these scopes contains the wanted one: rw contains ro, all contains access and my, access contains my. */
export function containsScope(scopes: readonly string[], wanted: string): boolean {
  const want = parseScope(wanted)
  return scopes.some((scope) => {
    const have = parseScope(scope)
    return have.name === want.name && covers(levels, have.level, want.level) && covers(rights, have.right, want.right)
  })
}

// LC-SCOPES grammar: name[--my|--access|--all]:(ro|rw|rc)
function parseScope(scope: string): { name: string; level: string; right: string } {
  const [resource = '', right = ''] = scope.split(':')
  const [name = '', level = ''] = resource.split('--')
  return { name, level, right }
}

const levels: Readonly<Record<string, readonly string[]>> = { all: ['all', 'access', 'my'], access: ['access', 'my'] }
const rights: Readonly<Record<string, readonly string[]>> = { rw: ['rw', 'ro'], rc: ['rc', 'ro'] }

const covers = (wider: Readonly<Record<string, readonly string[]>>, have: string, want: string): boolean =>
  (wider[have] ?? [have]).includes(want)
