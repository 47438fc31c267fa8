// Loads an app in a process of its own and asks its server side, until whoever began it lets go.
import { AuthpipeError } from '@authpipe/core'
import type { Authpipe } from '@authpipe/next'
import { relative } from 'node:path'
import { callFailure, loadFailure } from '../doctor/loadFailure.ts'
import { loadServerModule } from '../doctor/loadServerModule.ts'
import { Failure } from '../Failure.ts'
import type { AppModule } from './findAppModule.ts'
import { importInspect } from './importInspect.ts'
import { loadEnvironment } from './loadEnvironment.ts'
import type { Answer, Call, Method } from './withAuthpipe.ts'

type Report = (done: number) => void

const methods: { readonly [M in Method]: (authpipe: Authpipe, report: Report, ...args: Parameters<Authpipe[M]>) => ReturnType<Authpipe[M]> } = {
  rotateKeys: (authpipe, report, options) => authpipe.rotateKeys({ ...options, onProgress: ({ tenants }) => report(tenants) }),
  importConnection: (authpipe, _report, connection, options) => authpipe.importConnection(connection, options),
  exportTenant: (authpipe, _report, tenant) => authpipe.exportTenant(tenant),
  importTenant: (authpipe, _report, file, how) => authpipe.importTenant(file, how),
}

let loading: Promise<Authpipe> | undefined

const say = (answer: Answer): void => void process.send?.(answer)

process.on('message', (call: Call) => {
  loading ??= load(call.app)
  void answer(loading, call).then(say)
})
process.once('disconnect', () => {
  void Promise.resolve(loading)
    .then((authpipe) => authpipe?.close())
    .finally(() => process.exit())
})

/** @throws {Failure} */
async function load({ directory, serverFile, mode }: AppModule): Promise<Authpipe> {
  // A relative database path is the app's.
  process.chdir(directory)
  const env = loadEnvironment(directory, mode)
  Object.assign(process.env, { NODE_ENV: env.NODE_ENV })
  const name = relative(directory, serverFile)
  const { inspectAuthpipe } = await importInspect(directory)
  const isAuthpipe = (value: unknown): value is Authpipe => inspectAuthpipe(value, env) !== undefined
  const exported = await loadServerModule(directory, serverFile).catch((error: unknown) => {
    throw new Failure(error instanceof AuthpipeError ? error.message : loadFailure(name, directory, error))
  })
  const authpipe = Object.values(exported).find(isAuthpipe)
  if (!authpipe) throw new Failure(`${name} exports nothing that createAuthpipe of the app's @authpipe/next made. Name the module that does with --server.`)
  await authpipe.ready()
  // A command does what it was asked, and a dry run asks nobody: what is due is the servers' business.
  authpipe.stop()
  return authpipe
}

async function answer<M extends Method>(loaded: Promise<Authpipe>, { app, method, args }: Call<M>): Promise<Answer<M>> {
  try {
    const value = await methods[method](await loaded, (done) => say({ kind: 'progress', done }), ...args)
    return { kind: 'value', value }
  } catch (error) {
    // To the letter: whoever runs the command has the app's keys anyway.
    if (error instanceof AuthpipeError) return { kind: 'error', code: error.code, message: error.message }
    return { kind: 'failure', message: error instanceof Failure ? error.message : callFailure(app.directory, error) }
  }
}
