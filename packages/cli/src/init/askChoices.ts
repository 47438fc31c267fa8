// Questions to a person at a terminal.
import type { ProviderDefinition } from '@authpipe/core'
import { confirm, isCancel, multiselect } from '@clack/prompts'
import type { Readable, Writable } from 'node:stream'
import { Failure } from '../Failure.ts'

/** Where questions are asked and answered; the process's own terminal unless given. */
export interface Console {
  readonly input?: Readable
  readonly output?: Writable
}

/** Asks which providers are offered. @throws {Failure} when the person gives up */
export async function askProviders(catalog: readonly ProviderDefinition[], console: Console = {}): Promise<readonly ProviderDefinition[]> {
  const ids = await multiselect({
    ...console,
    message: 'Which providers can your customers connect? (space chooses, enter goes on)',
    options: catalog.map(({ id, name, description }) => ({ value: id, label: name, hint: description })),
    required: true,
  })
  if (isCancel(ids)) throw givenUp()
  return catalog.filter(({ id }) => ids.includes(id))
}

/** @throws {Failure} when the person gives up */
export async function askWhether(message: string, initialValue: boolean, console: Console = {}): Promise<boolean> {
  const answer = await confirm({ ...console, message, initialValue })
  if (isCancel(answer)) throw givenUp()
  return answer
}

const givenUp = (): Failure => new Failure('You gave up: nothing was written.')
