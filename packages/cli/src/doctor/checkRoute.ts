import type { Mount } from './findMount.ts'
import { notChecked, ok, problem, type Finding } from './Finding.ts'

/** Looks at the route handler that mounts Authpipe. @param basePath - path of the base URL, where that is known */
export function checkRoute(mount: Mount | undefined, hasAppRouter: boolean, basePath: string | undefined): readonly Finding[] {
  if (!hasAppRouter) {
    const why = 'There is no App Router here; a server that hands requests to authpipe.handler is looked at over HTTP.'
    return [notChecked('route', why), notChecked('edge-runtime', why)]
  }
  if (!mount) {
    return [
      problem('route', 'No route handler hands requests to Authpipe.', 'Run "npx authpipe init", or write app/api/authpipe/[...authpipe]/route.ts that exports the members of authpipe.handlers.'),
      notChecked('edge-runtime', 'There is no route handler to look at.'),
    ]
  }
  return [checkPath(mount, basePath), checkRuntime(mount)]
}

function checkPath({ file, path, text }: Mount, basePath: string | undefined): Finding {
  if (path === undefined) return problem('route', `${file} answers one path only, and Authpipe has many.`, 'Put it into a folder whose name takes the rest of a path, such as [...authpipe].')
  const missing = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => !new RegExp(`\\b${method}\\b`).test(text))
  if (missing.length > 0) return problem('route', `${file} does not export ${missing.join(', ')}.`, 'Export all of them: export const { GET, POST, PUT, PATCH, DELETE } = authpipe.handlers')
  // A `basePath` of next.config stands before it.
  if (basePath !== undefined && !basePath.endsWith(path)) {
    return problem('route', `${file} answers below ${path}, and the base URL ends with ${basePath}.`, `Let AUTHPIPE_BASE_URL end with ${path}, or move the file.`)
  }
  return ok('route', `${file} answers below ${path}.`)
}

function checkRuntime({ file, text }: Mount): Finding {
  const runtime = /^\s*export\s+const\s+runtime\s*(?::[^=]+)?=\s*['"`](edge|experimental-edge)['"`]/m.exec(text)?.[1]
  if (runtime === undefined) return ok('edge-runtime', `${file} runs on Node.js.`)
  return problem('edge-runtime', `${file} runs on the edge runtime, which has neither node:crypto keys nor a database.`, `Remove \`export const runtime = '${runtime}'\` from it.`)
}
