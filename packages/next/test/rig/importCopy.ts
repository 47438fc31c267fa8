import { registerHooks } from 'node:module'

/**
 * Loads the app with every module that it is made of once more, packages from npm excepted: a process that runs two bundles of one
 * app holds such copies.
 */
export async function importCopy(number: number): Promise<typeof import('./composeApp.ts')> {
  const suffix = `?copy=${number}`
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      const isOurs = resolved.url.startsWith('file:') && !resolved.url.includes('/node_modules/')
      return isOurs && context.parentURL?.endsWith(suffix) ? { ...resolved, url: resolved.url + suffix } : resolved
    },
  })
  try {
    const copy: typeof import('./composeApp.ts') = await import(new URL(`./composeApp.ts${suffix}`, import.meta.url).href)
    return copy
  } finally {
    hooks.deregister()
  }
}
