// From the outside in: what a developer has who knows nothing but the documents and the published packages.
import { expect, test } from '@playwright/test'
import { sandboxClient, startSandbox, type Sandbox } from '@authpipe/sandbox'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readSnippets } from '../../docs/check/readSnippets.ts'
import { connect } from './connect.ts'
import { freePort } from './freePort.ts'
import { OutsideApp } from './OutsideApp.ts'
import { packPackages, type Packed } from './packPackages.ts'
import { pinned } from './pinned.ts'
import { root } from './root.ts'

let ours: Packed
let sandbox: Sandbox
let app: OutsideApp

test.beforeAll(async () => {
  ours = await packPackages()
  sandbox = await startSandbox()
})
test.afterAll(async () => {
  await sandbox.close()
  rmSync(ours.folder, { recursive: true, force: true })
})
test.beforeEach(() => {
  app = new OutsideApp()
})
test.afterEach(() => app.close())

const read = (document: string): string => readFileSync(join(root, document), 'utf8')

/** Names of our packages as files, since no registry has them; of others as this repository pins them. */
function packed(names: readonly string[]): string[] {
  // What ours bring along has to be a file too.
  const all = names.includes('@authpipe/core') ? names : [...names, '@authpipe/core']
  return all.map((name) => ours.tarballs[name] ?? `${name}@${pinned(name)[name]}`)
}

/** What `npm install …` in a document names. */
const installedBy = (document: string): string[] => /^npm install (@authpipe\/next .+)$/m.exec(read(document))?.[1]?.split(' ') ?? []

/** As `create-next-app` leaves an app with TypeScript and the App Router. */
function writeNextApp(port: number): void {
  app.writeJson('package.json', {
    name: 'outside',
    private: true,
    scripts: { dev: `next dev --port ${port}`, build: 'next build', start: `next start --port ${port}` },
    dependencies: pinned('next', 'react', 'react-dom'),
    devDependencies: pinned('typescript', '@types/node', '@types/react', '@types/react-dom'),
  })
  app.writeJson('tsconfig.json', {
    compilerOptions: { target: 'ES2017', lib: ['dom', 'dom.iterable', 'esnext'], strict: true, noEmit: true, esModuleInterop: true, module: 'esnext', moduleResolution: 'bundler', resolveJsonModule: true, isolatedModules: true, jsx: 'react-jsx', plugins: [{ name: 'next' }], paths: { '@/*': ['./*'] } },
    include: ['next-env.d.ts', '**/*.ts', '**/*.tsx', '.next/types/**/*.ts'],
    exclude: ['node_modules'],
  })
  app.write('next-env.d.ts', '/// <reference types="next" />\n')
  app.write('.gitignore', '/node_modules\n/.next\n.env*\n')
  app.write('app/layout.tsx', `import type { ReactNode } from 'react'\n\nexport default function Layout({ children }: { children: ReactNode }) {\n  return <html lang="en"><body>{children}</body></html>\n}\n`)
}

/** Lets the sandbox play LiveChat in a document's code, which is otherwise left to the letter. */
function throughSandbox(code: string): string {
  const [before, after] = ['clientSecret: process.env.LIVECHAT_CLIENT_SECRET', '  identify:']
  if (!code.includes(before) || !code.includes(after)) throw new Error('The code of the document has changed: tell this check where the registration and identify are.')
  return `import { sandboxEndpoints } from '@authpipe/sandbox'\n${code}`
    .replace(before, `${before}, endpoints: sandboxEndpoints('livechat', process.env.SANDBOX_URL ?? '')`)
    .replace(after, `  allowInsecureLoopback: true,\n${after}`)
}

/** What LiveChat would have given us. */
function registration(): Record<string, string> {
  const { clientId, clientSecret } = sandboxClient('livechat')
  return { SANDBOX_URL: sandbox.url, LIVECHAT_CLIENT_ID: clientId, LIVECHAT_CLIENT_SECRET: clientSecret }
}

const ofPeers = /ERESOLVE|peer dep|unmet peer|peer dependencies/i

test('the quick start of the README, to the letter, connects in a built Next.js app that npm installed', async ({ page }) => {
  const port = await freePort()
  writeNextApp(port)
  for (const { path, code } of readSnippets(read('README.md'))) app.write(path, path === 'lib/authpipe.ts' ? throughSandbox(code) : code)
  // What the README takes for given.
  app.write('lib/session.ts', `export const readSession = async () => ({ organizationId: 'org_acme', userId: 'user_123' })\n`)
  app.write('app/integrations/page.tsx', `import { ConnectLiveChat } from './ConnectLiveChat'\n\nexport default function Page() {\n  return <ConnectLiveChat />\n}\n`)

  const said = await test.step('npm install', () => app.run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...packed([...installedBy('README.md'), '@authpipe/sandbox'])))
  expect(said).not.toMatch(ofPeers)
  await test.step('npm run build', () => app.run('npm', 'run', 'build'))

  const command = /^node -e "(.+)"$/m.exec(read('README.md'))?.[1] ?? ''
  const keys = (await app.run('node', '-e', command)).trim()
  const origin = `http://localhost:${port}`
  await app.start('npm', ['start'], /Ready in/, { ...registration(), AUTHPIPE_KEYS: keys, AUTHPIPE_BASE_URL: `${origin}/api/authpipe` })
  const connected = page.waitForEvent('console', (message) => message.text().startsWith('Connected!'))
  await connect(page, `${origin}/integrations`)
  await connected
})

test('authpipe init makes an app that connects in development, with pnpm, and the doctor finds nothing', async ({ page }) => {
  const [port, sandboxPort] = [await freePort(), await freePort()]
  const pnpm = join(root, 'node_modules/.bin/pnpm')
  writeNextApp(port)
  const overrides = Object.entries(ours.tarballs).map(([name, path]) => `  '${name}': 'file:${path}'\n`)
  app.write('pnpm-workspace.yaml', `overrides:\n${overrides.join('')}allowBuilds:\n  sharp: false\n`)
  const first = await test.step('pnpm add authpipe', () => app.run(pnpm, 'add', '--save-dev', '--prefer-offline', ours.tarballs['authpipe'] ?? ''))
  expect(first).not.toMatch(ofPeers)

  const answer: { readonly next: { readonly install: string; readonly page: string } } = JSON.parse(await app.run(pnpm, 'exec', 'authpipe', 'init', '--provider', 'livechat', '--sandbox', '--page', '--json'))
  const [manager, verb, ...names] = answer.next.install.split(' ')
  expect([manager, verb]).toEqual(['pnpm', 'add'])
  const second = await test.step(answer.next.install, () => app.run(pnpm, 'add', '--prefer-offline', ...packed(names)))
  expect(second).not.toMatch(ofPeers)

  // Where the sandbox usually is, somebody else's may be.
  app.write('lib/authpipe.ts', app.read('lib/authpipe.ts').replace(':4010', `:${sandboxPort}`))
  await app.start(pnpm, ['exec', 'authpipe', 'sandbox', '--port', String(sandboxPort)], /Ctrl\+C/)
  await app.start(pnpm, ['dev'], /Ready in/)
  await connect(page, answer.next.page)

  await test.step('authpipe doctor', async () => {
    const said = await app.run(pnpm, 'exec', 'authpipe', 'doctor', '--json', '--url', answer.next.page)
    expect(JSON.parse(said)).toMatchObject({ ok: true, problems: 0, warnings: 0 })
  })
})

test('a Vite app with the handler on Hono, as documented, connects, and its types resolve by bundler and by nodenext', async ({ page }) => {
  const port = await freePort()
  const document = 'docs/other-servers.md'
  app.writeJson('package.json', { name: 'outside', private: true, type: 'module', devDependencies: pinned('vite', 'typescript', '@types/node', '@types/react', '@types/react-dom') })
  app.write('index.html', `<!doctype html><title>App</title><div id="root"></div><script type="module" src="/src/main.tsx"></script>\n`)
  for (const { path, code } of readSnippets(read(document))) app.write(path, path === 'server.ts' ? throughSandbox(code) : code)
  const strict = { target: 'ES2022', lib: ['ES2023', 'DOM', 'DOM.Iterable'], strict: true, noEmit: true }
  app.writeJson('tsconfig.json', { compilerOptions: { ...strict, module: 'esnext', moduleResolution: 'bundler', jsx: 'react-jsx', types: ['vite/client'] }, include: ['src'] })
  app.writeJson('tsconfig.server.json', { compilerOptions: { ...strict, module: 'nodenext', moduleResolution: 'nodenext', types: ['node'] }, include: ['server.ts'] })

  const said = await test.step('npm install', () => app.run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...packed([...installedBy(document), '@authpipe/sandbox'])))
  expect(said).not.toMatch(ofPeers)
  await test.step('tsc', async () => {
    await app.run('npx', 'tsc', '-p', 'tsconfig.json')
    await app.run('npx', 'tsc', '-p', 'tsconfig.server.json')
  })
  await test.step('vite build', () => app.run('npx', 'vite', 'build'))

  const origin = `http://localhost:${port}`
  await app.start('node', ['server.ts'], /allowInsecureLoopback is on/, { ...registration(), NODE_ENV: 'development', PORT: String(port), AUTHPIPE_BASE_URL: `${origin}/api/authpipe` })
  await connect(page, origin)
})
