import type { Account } from '@authpipe/core'
import type { RegisteredProvider } from '../registrations.ts'

const mark = 'unverified:'

/**
 * Stands for an account that the provider has not named, and is called by what is known of it. Never the id of an account at the provider:
 * nobody made sure that it is theirs, and an account's webhooks go to whoever has it.
 *
 * @param parts - what tells it from others of its owner
 */
export function unverifiedAccount({ definition }: Pick<RegisteredProvider, 'definition'>, settings: Readonly<Record<string, string>>, parts = Object.values(settings)): Account {
  return { id: mark + parts.join(':'), label: Object.values(settings).join(' ') || definition.name }
}

/** Whether nobody knows yet whose account it is. */
export function isUnverified({ id }: Account): boolean {
  return id.startsWith(mark)
}
