import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Mode } from '../app/loadEnvironment.ts'
import { Failure } from '../Failure.ts'

export interface RotationQuestion {
  readonly directory: string
  /** The module that makes the server side. */
  readonly serverFile: string
  readonly mode: Mode
  readonly tenantId?: string
  readonly reencrypt: boolean
}

/** As `authpipe.rotateKeys()` of the app answers. */
export interface RotationReport {
  readonly tenants: number
  readonly rewrappedKeys: number
  readonly newKeys: number
  readonly resealed: number
  readonly unreadable: number
  readonly removedKeys: number
  readonly keptKeys: number
  readonly neededKeys: readonly { readonly kid: string; readonly tenants: number }[]
  readonly removableKids: readonly string[]
}

export type RotationAnswer = { readonly report: RotationReport } | { readonly failure: string }

const processFile = fileURLToPath(new URL(`./rotateProcess${extname(import.meta.url)}`, import.meta.url))

/** Has an app rotate its keys in a process of its own, for as long as that takes. @throws {Failure} */
export async function askToRotate(question: RotationQuestion): Promise<RotationReport> {
  // What the app prints may hold anything.
  const child = fork(processFile, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const answer = await new Promise<RotationAnswer>((resolve) => {
    child.once('message', (message: RotationAnswer) => resolve(message))
    child.once('exit', () => resolve({ failure: 'The app ended the process that loaded it. What was moved is moved: run this again.' }))
    child.send(question)
  })
  if ('failure' in answer) throw new Failure(answer.failure)
  return answer.report
}
