import type { Account } from '@authpipe/core'

const mark = 'unverified:'

/**
 * Stands for an account that the provider has not named. Never the id of an account at the provider: nobody made sure that it is theirs,
 * and an account's webhooks go to whoever has it.
 *
 * @param parts - what tells it from others of its owner
 */
export function unverifiedAccount(...parts: readonly string[]): Account {
  return { id: mark + parts.join(':') }
}

/** Whether nobody knows yet whose account it is. */
export function isUnverified({ id }: Account): boolean {
  return id.startsWith(mark)
}
