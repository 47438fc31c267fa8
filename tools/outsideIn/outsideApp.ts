// An app of somebody else: a folder outside this workspace that knows our packages only by what would be published.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runCommand, startCommand, type Running } from './runCommand.ts'

export const root: string = join(import.meta.dirname, '../..')

/** Packed packages by their names, such as `@authpipe/next`. */
export type Tarballs = Readonly<Record<string, string>>

/** Packs every package as it would be published. */
export async function packPackages(): Promise<Tarballs> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'authpipe-packed-')))
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
  await Promise.all(packages.map((directory) => runCommand('pnpm', ['pack', '--pack-destination', folder], directory)))
  return Object.fromEntries(
    packages.map((directory) => {
      const { name, version }: { readonly name: string; readonly version: string } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
      return [name, join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)]
    }),
  )
}

/** Versions as this repository pins them, so that no release of somebody else's breaks the check, and what is downloaded is at hand. */
export function pinned(...names: readonly string[]): Record<string, string> {
  const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const { devDependencies }: { readonly devDependencies: Readonly<Record<string, string>> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.fromEntries(
    names.map((name) => {
      const version = new RegExp(`^  "?${name}"?: (\\S+)$`, 'm').exec(catalog)?.[1] ?? devDependencies[name]
      if (version === undefined) throw new Error(`Nothing here pins ${name}.`)
      return [name, version]
    }),
  )
}

export class OutsideApp {
  readonly folder: string = realpathSync(mkdtempSync(join(tmpdir(), 'authpipe-outside-')))
  readonly #running: Running[] = []

  /** Writes a file below the app's folder. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true })
    writeFileSync(join(this.folder, path), text)
  }

  writeJson(path: string, value: unknown): void {
    this.write(path, `${JSON.stringify(value, null, 2)}\n`)
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8')
  }

  /** Runs a command to its end. @returns what it said @throws {Error} with what it said, where it fails */
  run(command: string, ...args: readonly string[]): Promise<string> {
    return runCommand(command, args, this.folder)
  }

  /** Starts a server and waits for a sign of life in what it says. */
  async start(command: string, args: readonly string[], until: RegExp, env: Readonly<Record<string, string>> = {}): Promise<Running> {
    const running = await startCommand(command, args, this.folder, until, env)
    this.#running.push(running)
    return running
  }

  /** Stops what runs and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.#running.map((running) => running.stop()))
    rmSync(this.folder, { recursive: true, force: true })
  }
}
