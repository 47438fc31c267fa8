import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runCommand, startCommand, type Running } from './runCommand.ts'

/** An app of somebody else: a folder outside this workspace that knows our packages only by what would be published. */
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
