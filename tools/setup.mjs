// Runs before `npm start` and `npm test`, on whatever Node the machine has: brings the project's own Node, pnpm and packages.
import { spawnSync } from 'node:child_process'
// By its default, so that an old Node without statfs still gets as far as the sentence about its age.
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const readJson = (path) => JSON.parse(fs.readFileSync(new URL(path, root), 'utf8'))

function stop(sentence) {
  process.stderr.write(`\n${sentence}\n\n`)
  process.exit(1)
}

const major = Number(process.versions.node.split('.')[0])
if (major < 20) stop(`Authpipe needs Node 20 or newer, and this is Node ${process.versions.node}: install a newer one from https://nodejs.org.`)

const neededMegabytes = fs.existsSync(new URL('node_modules', root)) ? 300 : 2000
const { bavail, bsize } = fs.statfsSync(root)
const freeMegabytes = Math.floor((bavail * bsize) / 1024 ** 2)
if (freeMegabytes < neededMegabytes) stop(`The disk has only ${freeMegabytes} MB free here and Authpipe needs ${neededMegabytes}: make room and start again.`)

const { packageManager } = readJson('package.json')
const outcome = spawnSync('npx', ['-y', packageManager, 'install', '--frozen-lockfile'], {
  cwd: fileURLToPath(root),
  // No stdin: pnpm never waits for an answer that nobody gives.
  stdio: ['ignore', 'inherit', 'inherit'],
  shell: process.platform === 'win32',
  env: { ...process.env, ...readJson('tools/telemetryOff.json') },
})
if (outcome.status !== 0) {
  stop('The packages could not be installed: the lines above say why. Without a network connection to the npm registry this step cannot work.')
}
