import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseKeys } from '../../next/src/vault/keyring.ts'
import { nextApp, packageJson } from './nextApp.ts'
import { runCli, type Ran } from './runCli.ts'
import { addFiles, tempFolder, type Files } from './tempFolder.ts'

const init = (folder: string, ...args: readonly string[]): Promise<Ran> => runCli(['init', '--provider', 'livechat', ...args], { cwd: folder })
const read = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8')

/** Every file of a folder with what stands in it. */
const contents = (folder: string): Files =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, read(folder, path)]),
  )

interface Answer {
  readonly dryRun: boolean
  readonly files: readonly { readonly path: string; readonly action: string }[]
  readonly next: { readonly install?: string; readonly register: readonly unknown[]; readonly start: string; readonly doctor: string; readonly page?: string; readonly remarks: readonly string[] }
}
const answerOf = ({ stdout }: Ran): Answer => JSON.parse(stdout)

describe('authpipe init', () => {
  it('writes the server module, the route, instrumentation and the variables', async () => {
    const folder = tempFolder(nextApp())
    const { code, stdout } = await init(folder)

    expect(code).toBe(0)
    expect(read(folder, 'lib/authpipe.ts')).toBe(`import { createAuthpipe } from '@authpipe/next'
import { livechat } from '@authpipe/next/providers'

export const authpipe = createAuthpipe({
  providers: [
    livechat({ clientId: process.env.LIVECHAT_CLIENT_ID, clientSecret: process.env.LIVECHAT_CLIENT_SECRET }),
  ],
  // Say who is signed in, from your own session. Until then everybody is one person in development, and nobody is anybody in production.
  identify: () => (process.env.NODE_ENV === 'development' ? { tenantId: 'org_acme', userId: 'user_123' } : null),
})
`)
    expect(read(folder, 'app/api/authpipe/[...authpipe]/route.ts')).toBe(`import { authpipe } from '@/lib/authpipe'\n\nexport const { GET, POST, PUT, PATCH, DELETE } = authpipe.handlers\n`)
    expect(read(folder, 'instrumentation.ts')).toContain('await authpipe.start()')
    expect(read(folder, '.env.local')).toMatch(/^# Authpipe\n.*\nAUTHPIPE_KEYS=k\w+:[A-Za-z0-9+/]{43}=\nLIVECHAT_CLIENT_ID=\nLIVECHAT_CLIENT_SECRET=\n$/)
    expect(stdout).toContain('http://localhost:3000/api/authpipe/callback/livechat')
    expect(stdout).toContain('npm i @authpipe/next @authpipe/react @tanstack/react-query')
  })

  // LK-12
  it('makes a key that the server takes, for the owner of the file alone, and prints it nowhere', async () => {
    const folder = tempFolder(nextApp())
    const { stdout, stderr } = await init(folder)
    const key = /AUTHPIPE_KEYS=(.+)/.exec(read(folder, '.env.local'))?.[1] ?? ''

    expect(parseKeys(key)).toHaveLength(1)
    expect(statSync(join(folder, '.env.local')).mode & 0o777).toBe(0o600)
    expect(stdout + stderr).not.toContain(key.slice(key.indexOf(':') + 1))
  })

  it('writes a page of buttons and uses stand-ins where that is asked for', async () => {
    const folder = tempFolder(nextApp())
    const { stdout } = await init(folder, '--provider', 'freshdesk', '--sandbox', '--page')

    const server = read(folder, 'lib/authpipe.ts')
    expect(server).toContain(`livechat({ ...sandboxClient('livechat'), endpoints: sandboxEndpoints('livechat', sandbox) }),`)
    expect(server).toContain(`freshdesk({ endpoints: sandboxEndpoints('freshdesk', sandbox) }),`)
    expect(server).toContain('allowInsecureLoopback: true,')
    expect(read(folder, 'app/integrations/page.tsx')).toMatch(/<ConnectButton provider="livechat" \/>\n +<ConnectButton provider="freshdesk" \/>/)
    expect(read(folder, '.env.local')).not.toContain('LIVECHAT')
    expect(stdout).toContain('npx authpipe sandbox')
    expect(stdout).toContain('http://localhost:3000/integrations')
  })

  it('follows src, the alias, the port and the language of the app', async () => {
    const folder = tempFolder({
      'package.json': JSON.stringify({ scripts: { dev: 'next dev -p 4711' }, dependencies: { next: '15.5.0' } }),
      'jsconfig.json': JSON.stringify({ compilerOptions: { paths: { '~/*': ['./src/*'] } } }),
      'src/app/layout.js': '',
    })
    const answer = answerOf(await init(folder, '--page', '--json'))

    expect(answer.files.map(({ path }) => path)).toEqual(['src/lib/authpipe.js', 'src/app/api/authpipe/[...authpipe]/route.js', 'src/app/integrations/page.jsx', 'src/instrumentation.js', '.env.local', '.gitignore'])
    expect(read(folder, 'src/app/api/authpipe/[...authpipe]/route.js')).toContain(`from '~/lib/authpipe'`)
    expect(read(folder, '.env.local')).toContain('AUTHPIPE_BASE_URL=http://localhost:4711/api/authpipe')
    expect(answer.next.page).toBe('http://localhost:4711/integrations')
  })

  it('imports by a relative path where the app has no alias', async () => {
    const folder = tempFolder(nextApp({ 'tsconfig.json': '{}' }))
    await init(folder)

    expect(read(folder, 'app/api/authpipe/[...authpipe]/route.ts')).toContain(`from '../../../../lib/authpipe'`)
    expect(read(folder, 'instrumentation.ts')).toContain(`import('./lib/authpipe')`)
  })

  it.each([
    ['pnpm', 'pnpm-lock.yaml', 'pnpm add @authpipe/next', 'pnpm dlx authpipe doctor'],
    ['yarn', 'yarn.lock', 'yarn add @authpipe/next', 'npx authpipe doctor'],
    ['bun', 'bun.lock', 'bun add @authpipe/next', 'bun x authpipe doctor'],
    ['npm', 'package-lock.json', 'npm i @authpipe/next', 'npx authpipe doctor'],
  ])('speaks the language of %s', async (_, lockfile, install, doctor) => {
    const { 'package-lock.json': __, ...files } = nextApp()
    const { next } = answerOf(await init(tempFolder({ ...files, [lockfile]: '' }), '--json'))

    expect(next.install).toBe(`${install} @authpipe/react @tanstack/react-query`)
    expect(next.doctor).toBe(doctor)
  })

  it.each([
    ['Auth.js', { 'next-auth': '5.0.0-beta.30' }, { 'auth.ts': `export const { handlers, auth } = NextAuth({})` }, [`import { auth } from '@/auth'`, '(await auth())?.user?.id']],
    ['NextAuth.js 4', { 'next-auth': '^4.24.0' }, { 'lib/auth.ts': `export const options: NextAuthOptions = {}` }, [`import { options } from '@/lib/auth'`, 'getServerSession(options)']],
    ['Better Auth', { 'better-auth': '1.4.0' }, { 'lib/auth.ts': `export const auth = betterAuth({})` }, [`import { auth } from '@/lib/auth'`, 'auth.api.getSession({ headers: request.headers })']],
    ['Clerk', { '@clerk/nextjs': '7.0.0' }, {}, [`import { auth } from '@clerk/nextjs/server'`, 'orgId ?? userId']],
    ['iron-session', { 'iron-session': '8.0.4' }, { 'lib/session.ts': `export interface MySession { userId?: string }\nexport const sessionOptions = {}` }, [`import { sessionOptions, type MySession } from '@/lib/session'`, 'getIronSession<MySession>(await cookies(), sessionOptions)']],
    ['Supabase', { '@supabase/ssr': '0.8.0' }, { 'utils/supabase/server.ts': `export async function createClient() {}` }, [`import { createClient } from '@/utils/supabase/server'`, '(await createClient()).auth.getUser()']],
  ] as const)('writes identify for %s, from where the app has set it up', async (_, dependencies, files, expected) => {
    const folder = tempFolder(nextApp({ 'package.json': packageJson(dependencies), ...files }))
    await init(folder)

    for (const code of expected) expect(read(folder, 'lib/authpipe.ts')).toContain(code)
  })

  it('says where it guessed what the auth library is imported from', async () => {
    const folder = tempFolder(nextApp({ 'package.json': packageJson({ 'better-auth': '1.4.0' }) }))

    expect((await init(folder)).stdout).toContain('imports "auth" from where Better Auth usually has it')
  })

  it.each([
    ['no package.json', { 'app/layout.tsx': '' }, 'it has no package.json that can be read'],
    ['no Next.js', { 'package.json': '{}' }, 'has no Next.js: "next" is not among its dependencies'],
    ['a Next.js that is too old', { 'package.json': JSON.stringify({ dependencies: { next: '^14.2.0' } }), 'app/layout.tsx': '' }, 'Authpipe needs Next.js 15 or newer, and this app has 14'],
    ['the Pages Router only', { 'package.json': packageJson(), 'src/pages/index.tsx': '' }, 'This app uses the Pages Router only'],
    ['no pages at all', { 'package.json': packageJson() }, 'has no folder app or src/app'],
    ['a folder where a file belongs', nextApp({ 'lib/authpipe.ts/readme.md': '' }), 'lib/authpipe.ts is a folder, and should be a file'],
    ['a file where a folder belongs', nextApp({ 'lib/db.ts': '', 'app/api': 'a file' }), 'app/api/authpipe/[...authpipe]/route.ts cannot be written'],
  ] as const)('ends with 1 on %s, and writes nothing', async (_, files, sentence) => {
    const folder = tempFolder(files)
    const before = contents(folder)
    const { code, stderr } = await init(folder)

    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(sentence) as string })
    expect(contents(folder)).toEqual(before)
  })

  it('changes nothing when it is repeated', async () => {
    const folder = tempFolder(nextApp())
    await init(folder, '--page')
    const before = contents(folder)
    const answer = answerOf(await init(folder, '--page', '--json'))

    expect(new Set(answer.files.map(({ action }) => action))).toEqual(new Set(['keep']))
    expect(contents(folder)).toEqual(before)
  })

  it('replaces no file that differs, unless it is told to', async () => {
    const folder = tempFolder(nextApp({ 'lib/authpipe.ts': 'export const authpipe = mine\n' }))
    const before = contents(folder)
    const refused = await init(folder)

    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('lib/authpipe.ts is there and differs, so nothing was written') as string })
    expect(contents(folder)).toEqual(before)

    expect(await init(folder, '--force')).toMatchObject({ code: 0 })
    expect(read(folder, 'lib/authpipe.ts')).toContain('createAuthpipe({')
  })

  it('leaves instrumentation of the app to its author, and says what belongs there', async () => {
    const own = 'export function register() { startTracing() }\n'
    const folder = tempFolder(nextApp({ 'instrumentation.ts': own }))
    const { code, stdout } = await init(folder)

    expect(code).toBe(0)
    expect(read(folder, 'instrumentation.ts')).toBe(own)
    expect(stdout).toContain('instrumentation.ts is yours')
    expect(stdout).toContain('await authpipe.start()')
  })

  it('adds to .env.local what is missing, and touches no line that is there', async () => {
    const own = 'DATABASE_URL=postgres://db/app\nAUTHPIPE_KEYS=mine:AAAA\n'
    const folder = tempFolder(nextApp({ '.env.local': own, '.env': 'LIVECHAT_CLIENT_ID=abc\n' }))
    await init(folder)

    expect(read(folder, '.env.local')).toBe(`${own}\n# Authpipe\nLIVECHAT_CLIENT_SECRET=\n`)
  })

  // LK-12
  it('keeps a PostgreSQL database by its URL, which it does not print', async () => {
    const folder = tempFolder(nextApp())
    const { stdout } = await init(folder, '--database', 'postgres://app:pa$CANARY@db.example.com/app', '--dry-run')

    expect(stdout).toContain('AUTHPIPE_DATABASE_URL=postgres://app:…@db.example.com/app')
    expect(stdout).toContain('npm i @authpipe/next @authpipe/react @tanstack/react-query pg')
  })

  // LK-12
  it('shows what it would do, writes nothing and shows no key', async () => {
    const folder = tempFolder(nextApp({ 'lib/authpipe.ts': 'export const authpipe = mine\n' }))
    const before = contents(folder)
    const { code, stdout } = await init(folder, '--dry-run')

    expect(code).toBe(0)
    expect(stdout).toMatch(/would replace +lib\/authpipe\.ts\n +- export const authpipe = mine\n +\+ import/)
    expect(stdout).toMatch(/\+ AUTHPIPE_KEYS=k\w+:…\n/)
    expect(contents(folder)).toEqual(before)
  })

  it('leaves no draft behind', async () => {
    const folder = tempFolder(nextApp())
    await init(folder)

    expect(Object.keys(contents(folder)).filter((path) => path.includes('.authpipe-'))).toEqual([])
  })

  it('asks git whether secrets are ignored, and has them ignored where not', async () => {
    const folder = tempFolder()
    spawnSync('git', ['init', '-q', folder])
    addFiles(folder, { '.gitignore': '*.local\n' })
    addFiles(join(folder, 'apps/web'), nextApp({ '.gitignore': '/node_modules\n' }))
    await init(join(folder, 'apps/web'))

    expect(read(folder, 'apps/web/.gitignore')).toBe('/node_modules\n\n# Authpipe: secrets and the database of development\n/.authpipe\n')
    for (const path of ['.env.local', '.authpipe/development.key']) expect(spawnSync('git', ['check-ignore', '-q', path], { cwd: join(folder, 'apps/web') }).status).toBe(0)
  })

  it('asks for a provider where nobody can be asked', async () => {
    const folder = tempFolder(nextApp())
    const { code, stderr } = await runCli(['init'], { cwd: folder })

    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('name each provider: --provider livechat') as string })
    expect(existsSync(join(folder, 'lib'))).toBe(false)
  })

  it.each([
    ['a provider that there is not', ['--provider', 'acme'], 'There are livechat, help-scout'],
    ['a database that it cannot use', ['--database', 'mysql://db/app'], 'It is "sqlite" or a URL such as postgres://'],
  ])('ends with 2 on %s', async (_, args, sentence) => {
    expect(await init(tempFolder(nextApp()), ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) as string })
  })
})
