import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

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
