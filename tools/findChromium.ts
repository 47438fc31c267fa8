import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright'

const systemPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/**
 * Finds a Chromium on this machine that starts: the one named by `CHROMIUM_PATH`, else Playwright's own, else the system's.
 *
 * @returns its path, or `undefined` where there is none; `prepareChromium` brings one then
 */
export function findChromium(): string | undefined {
  // Whoever names a browser means that one: a wrong path fails loudly instead of falling back to another.
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH
  return [chromium.executablePath(), ...systemPaths].find(chromiumStarts)
}

/** Whether a browser is there and its system libraries are too; Ubuntu's `chromium-browser` is but a pointer to a snap. */
export function chromiumStarts(path: string): boolean {
  if (!existsSync(path)) return false
  try {
    return execFileSync(path, ['--version', '--no-sandbox'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 30_000 }).includes('Chrom')
  } catch {
    return false
  }
}

/** Arguments that Chromium needs to run quietly, also as root in a container. */
export const chromiumArguments: readonly string[] = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
]
