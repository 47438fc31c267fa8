import { AuthpipeError, type AuthpipeErrorCode } from '@authpipe/core'
import type { Authpipe } from '@authpipe/next'
import { fork, type ChildProcess } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure } from '../Failure.ts'
import type { AppModule } from './findAppModule.ts'

/** What a command may ask of an app's server side. */
export type Method = 'rotateKeys' | 'importConnection' | 'exportTenant' | 'importTenant'

/** A question to the process that loads the app. */
export interface Call<M extends Method = Method> {
  readonly app: AppModule
  readonly method: M
  readonly args: Parameters<Authpipe[M]>
}

type Result<M extends Method> = Awaited<ReturnType<Authpipe[M]>>

/** What that process says: how far it is, or how it ended. */
export type Answer<M extends Method = Method> =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'value'; readonly value: Result<M> }
  | { readonly kind: 'error'; readonly code: AuthpipeErrorCode; readonly message: string }
  | { readonly kind: 'failure'; readonly message: string }

/** Asks an app's server side, one question at a time. Arguments and answers are copied, so they hold no functions. */
export type AskAuthpipe = <M extends Method>(method: M, ...args: Parameters<Authpipe[M]>) => Promise<Result<M>>

const processFile = fileURLToPath(new URL(`./authpipeProcess${extname(import.meta.url)}`, import.meta.url))

/**
 * Loads an app's server side in a process of its own, for as long as `work` takes.
 *
 * @param onProgress - is told how much a long call has done
 * @throws {Failure} where the app cannot be loaded or ends; `ask` also rejects with what the app's server side throws
 */
export async function withAuthpipe<T>(app: AppModule, work: (ask: AskAuthpipe) => Promise<T>, onProgress?: (done: number) => void): Promise<T> {
  // What the app prints may hold anything.
  const child = fork(processFile, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  try {
    return await work((method, ...args) => ask(child, { app, method, args }, onProgress))
  } finally {
    if (child.connected) child.disconnect()
    await ended
  }
}

function ask<M extends Method>(child: ChildProcess, call: Call<M>, onProgress?: (done: number) => void): Promise<Result<M>> {
  return new Promise((resolve, reject) => {
    const take = (answer: Answer<M>): void => {
      if (answer.kind === 'progress') return onProgress?.(answer.done)
      child.off('message', take).off('exit', lose)
      if (answer.kind === 'value') resolve(answer.value)
      else reject(answer.kind === 'error' ? new AuthpipeError(answer.code, answer.message) : new Failure(answer.message))
    }
    const lose = (): void => {
      child.off('message', take)
      reject(new Failure('The app ended the process that loaded it. What was done until then is done: run this again.'))
    }
    child.on('message', take).once('exit', lose)
    if (child.connected) child.send(call)
    else lose()
  })
}
