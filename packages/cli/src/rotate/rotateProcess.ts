// Loads an app in a process of its own and has it rotate its keys.
import { AuthpipeError } from '@authpipe/core'
import type { Authpipe } from '@authpipe/next'
import { relative } from 'node:path'
import { importInspect } from '../app/importInspect.ts'
import { loadEnvironment } from '../app/loadEnvironment.ts'
import { loadFailure } from '../doctor/loadFailure.ts'
import { loadServerModule } from '../doctor/loadServerModule.ts'
import { Failure } from '../Failure.ts'
import type { RotationAnswer, RotationQuestion } from './askToRotate.ts'

process.once('message', (question: RotationQuestion) => {
  void rotate(question).then((answer) => process.send?.(answer, () => process.exit()))
})

async function rotate(question: RotationQuestion): Promise<RotationAnswer> {
  const { directory, serverFile, mode, reencrypt, tenantId } = question
  // A relative database path is the app's.
  process.chdir(directory)
  const env = loadEnvironment(directory, mode)
  Object.assign(process.env, { NODE_ENV: env.NODE_ENV })
  const name = relative(directory, serverFile)
  try {
    const { inspectAuthpipe } = await importInspect(directory)
    const isAuthpipe = (value: unknown): value is Authpipe => inspectAuthpipe(value, env) !== undefined
    const authpipe = Object.values(await loadServerModule(directory, serverFile)).find(isAuthpipe)
    if (!authpipe) return { failure: `${name} exports nothing that createAuthpipe of the app's @authpipe/next made. Name the module that does with --server.` }
    try {
      return { report: await authpipe.rotateKeys({ reencrypt, ...(tenantId === undefined ? {} : { tenantId }) }) }
    } finally {
      await authpipe.close()
    }
  } catch (error) {
    return { failure: error instanceof AuthpipeError || error instanceof Failure ? error.message : loadFailure(name, directory, error) }
  }
}
