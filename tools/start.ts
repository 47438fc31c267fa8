// `npm start`: builds, starts the sandbox and the demo, and prints where to look. Ctrl-C ends both.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { checkPort } from './checkPort.ts'
import { keepSecrets } from './keepSecrets.ts'
import telemetryOff from './telemetryOff.json' with { type: 'json' }

const root = join(import.meta.dirname, '..')
const demo = join(root, 'apps', 'demo')
const environment = { ...process.env, ...telemetryOff }
const children: ChildProcess[] = []

let stopping = false
function stopAll(exitCode: number): void {
  stopping = true
  process.exitCode = exitCode
  for (const child of children) child.kill('SIGTERM')
}
process.on('SIGINT', () => stopAll(0))
process.on('SIGTERM', () => stopAll(0))

try {
  await start()
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n`)
  stopAll(1)
}

async function start(): Promise<void> {
  const port = readPort('PORT', 3000)
  const sandboxPort = readPort('SANDBOX_PORT', 4010)
  const url = `http://localhost:${port}`
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`
  const secrets = keepSecrets(join(demo, '.data', 'secrets.json'))

  // Before the build, so that nobody waits for it only to hear that the port is taken.
  await checkPort(port, 'PORT')
  await checkPort(sandboxPort, 'SANDBOX_PORT')

  const build = spawn(join(root, 'node_modules/.bin/turbo'), ['run', 'build', '--output-logs=errors-only'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: environment })
  children.push(build)
  await once(build, 'exit')
  if (stopping) return
  if (build.exitCode !== 0) throw new Error('The build failed: the lines above say where.')

  // Node itself and not a package script: a script's shell would leave the server behind when it ends.
  run('sandbox', join(root, 'packages/sandbox'), ['dist/main.js'], { PORT: String(sandboxPort) })
  run('demo', demo, [join(demo, 'node_modules/next/dist/bin/next'), 'start', '--hostname', 'localhost', '--port', String(port)], {
    ...secrets,
    AUTHPIPE_BASE_URL: `${url}/api/authpipe`,
    AUTHPIPE_DATABASE_URL: `file:${join(demo, '.data', 'authpipe.db')}`,
    DEMO_SANDBOX_URL: sandboxUrl,
  })
  await Promise.all([answers(sandboxUrl), answers(url)])
  // These two return to the URL that an app has registered there, and take none with a request.
  await register(sandboxUrl, 'help-scout', { redirectUrl: `${url}/api/authpipe/callback/help-scout` })
  await register(sandboxUrl, 'crisp', { callbackUrl: `${url}/api/authpipe/callback/crisp` })
  if (!stopping) console.log(box([`Authpipe's demo is ready:  ${url}`, `The providers' stand-ins:  ${sandboxUrl}`, 'Ctrl-C ends both.']))
}

function readPort(variable: string, usual: number): number {
  const port = Number(process.env[variable] ?? usual)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`${variable} is not a port: write a number from 1 to 65535.`)
  return port
}

function run(name: string, cwd: string, args: readonly string[], variables: Readonly<Record<string, string>>): void {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], env: { ...environment, ...variables } })
  children.push(child)
  void once(child, 'exit').then(() => {
    if (stopping) return
    console.error(`\nThe ${name} ended by itself: the lines above say why.\n`)
    stopAll(1)
  })
}

async function answers(url: string): Promise<void> {
  while (!stopping) {
    if (await fetch(url, { redirect: 'manual' }).then(() => true, () => false)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function register(sandboxUrl: string, standIn: string, settings: Readonly<Record<string, string>>): Promise<void> {
  if (stopping) return
  await fetch(`${sandboxUrl}/control/${standIn}/settings`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(settings) })
}

function box(lines: readonly string[]): string {
  const width = Math.max(...lines.map((line) => line.length))
  const edge = '─'.repeat(width + 4)
  return ['', `┌${edge}┐`, ...lines.map((line) => `│  ${line.padEnd(width)}  │`), `└${edge}┘`, ''].join('\n')
}
