import { resolve } from 'node:path'
import type { Mode } from '../app/loadEnvironment.ts'
import { askApp } from './askApp.ts'
import { checkNode, checkPackages } from './checkPackages.ts'
import { checkRoute } from './checkRoute.ts'
import { checkServer } from './checkServer.ts'
import { notChecked, type CheckId, type Finding } from './Finding.ts'
import { findAppFolder, findMount, findServerFile } from './findMount.ts'

export interface DoctorOptions {
  /** The app's directory. */
  readonly app: string
  /** The module that makes the server side; found unless given. */
  readonly server?: string
  /** A page on which people connect. */
  readonly url?: URL
  readonly baseUrl?: URL
  readonly database?: string
  readonly mode: Mode
}

/** Looks at everything that can be looked at. Nothing is changed, and no finding holds a secret. */
export async function examine({ app, server, url, baseUrl, database, mode }: DoctorOptions): Promise<readonly Finding[]> {
  const appFolder = findAppFolder(app)
  const mount = appFolder === undefined ? undefined : findMount(app, appFolder)
  const serverFile = server === undefined ? findServerFile(app, mount) : resolve(app, server)
  const answer = await askApp({
    directory: app,
    mode,
    ...(serverFile === undefined ? {} : { serverFile }),
    ...(baseUrl === undefined ? {} : { baseUrl: withoutSlash(baseUrl) }),
    ...(database === undefined ? {} : { database }),
  })
  // Where the app names none, a page that was given says where it is.
  const isDefault = answer.baseUrl?.isDefault !== false
  const base = isDefault && url ? `${url.origin}${mount?.path ?? '/api/authpipe'}` : answer.baseUrl?.href
  return [
    checkNode(),
    ...checkPackages(app),
    ...checkRoute(mount, appFolder !== undefined, answer.baseUrl && new URL(answer.baseUrl.href).pathname),
    ...answer.findings,
    ...(base === undefined
      ? overHttp.map((id) => notChecked(id, 'Where the app is is not known, since its base URL cannot be used.'))
      : await checkServer({ baseUrl: base, isNamed: !isDefault || url !== undefined, pageUrl: url?.href ?? `${new URL(base).origin}/` })),
  ]
}

const overHttp: readonly CheckId[] = ['server', 'origin', 'cookies', 'clock', 'page-headers', 'route-headers']

const withoutSlash = (url: URL): string => url.href.replace(/\/$/, '')
