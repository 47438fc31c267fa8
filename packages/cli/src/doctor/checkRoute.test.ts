import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { routeFile, serverFile } from '../../test/exampleApp.ts'
import { nextApp } from '../../test/nextApp.ts'
import { tempFolder, type Files } from '../../test/tempFolder.ts'
import { checkRoute } from './checkRoute.ts'
import { findAppFolder, findMount } from './findMount.ts'

const usualRoute = 'app/api/authpipe/[...authpipe]/route.ts'

function look(files: Files, basePath: string | undefined = '/api/authpipe') {
  const folder = tempFolder(nextApp({ 'lib/authpipe.ts': serverFile, ...files }))
  const appFolder = findAppFolder(folder)
  const mount = appFolder === undefined ? undefined : findMount(folder, appFolder)
  return { folder, mount, findings: checkRoute(mount, appFolder !== undefined, basePath) }
}

describe('the route handler', () => {
  it.each([
    ['by an alias', { [usualRoute]: routeFile }],
    ['by a relative path, below src', { 'src/app/api/authpipe/[...authpipe]/route.ts': `export { handlers } from '../../../../lib/authpipe'\n// GET POST PUT PATCH DELETE`, 'src/lib/authpipe.ts': serverFile, 'app/layout.tsx': undefined }],
    ['in a group, with an optional rest', { 'app/(desk)/api/authpipe/[[...rest]]/route.ts': routeFile }],
    ['with the server side in it', { [usualRoute]: `${serverFile}${routeFile}` }],
  ])('is found %s', (_, files) => {
    const given = Object.entries(files).flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const]))
    const isBelowSrc = given.some(([path]) => path.startsWith('src/'))
    const folder = tempFolder({ ...(isBelowSrc ? {} : nextApp({ 'lib/authpipe.ts': serverFile })), ...Object.fromEntries(given) })
    const appFolder = findAppFolder(folder) ?? ''
    const mount = findMount(folder, appFolder)

    expect(mount?.path).toBe('/api/authpipe')
    expect(mount?.serverFile?.startsWith(join(folder))).toBe(true)
    expect(checkRoute(mount, true, '/api/authpipe').map(({ status }) => status)).toEqual(['ok', 'ok'])
  })

  it.each([
    ['is missing', {}, /No route handler hands requests to Authpipe/, /Run "npx authpipe init"/],
    ['takes one path only', { 'app/api/authpipe/route.ts': routeFile }, /answers one path only/, /\[\.\.\.authpipe\]/],
    ['lacks methods', { [usualRoute]: `import { authpipe } from '@/lib/authpipe'\nexport const { GET, POST } = authpipe.handlers\n` }, /does not export PUT, PATCH, DELETE/, /export const \{ GET, POST, PUT, PATCH, DELETE \}/],
    ['is elsewhere than the base URL says', { 'app/hooks/[...authpipe]/route.ts': routeFile }, /answers below \/hooks, and the base URL ends with \/api\/authpipe/, /end with \/hooks/],
  ] as const)('is found out where it %s', (_, files, message, fix) => {
    expect(look(files).findings).toContainEqual(expect.objectContaining({ id: 'route', status: 'problem', message: expect.stringMatching(message) as string, fix: expect.stringMatching(fix) as string }))
  })

  it('may stand behind a basePath of next.config', () => {
    expect(look({ [usualRoute]: routeFile }, '/desk/api/authpipe').findings).toContainEqual(expect.objectContaining({ id: 'route', status: 'ok' }))
  })

  it.each([`export const runtime = 'edge'`, `export const runtime: string = "experimental-edge"`])('is found out on the edge runtime by %s', (line) => {
    expect(look({ [usualRoute]: `${routeFile}${line}\n` }).findings).toContainEqual(expect.objectContaining({ id: 'edge-runtime', status: 'problem' }))
  })

  it('is well where it names the runtime of Node.js', () => {
    expect(look({ [usualRoute]: `${routeFile}export const runtime = 'nodejs'\n` }).findings).toContainEqual(expect.objectContaining({ id: 'edge-runtime', status: 'ok' }))
  })

  it('is not looked for where there is no App Router', () => {
    expect(checkRoute(undefined, false, undefined).map(({ status }) => status)).toEqual(['not_checked', 'not_checked'])
  })
})
