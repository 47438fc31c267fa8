import { mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './root.ts'
import { runCommand } from './runCommand.ts'

/** Packed packages by their names, such as `@authpipe/next`, in a folder of their own. */
export interface Packed {
  readonly folder: string
  readonly tarballs: Readonly<Record<string, string>>
}

/** Packs every package as it would be published. */
export async function packPackages(): Promise<Packed> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'authpipe-packed-')))
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
  await Promise.all(packages.map((directory) => runCommand(join(root, 'node_modules/.bin/pnpm'), ['pack', '--pack-destination', folder], directory)))
  const tarballs = packages.map((directory) => {
    const { name, version }: { readonly name: string; readonly version: string } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
    return [name, join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)] as const
  })
  return { folder, tarballs: Object.fromEntries(tarballs) }
}
