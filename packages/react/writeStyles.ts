// The style sheets of the package, all from src/styles: in layers, without layers, and what Tailwind 4 makes of them.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle } from 'lightningcss'
import type { ConnectPhase } from './src/client/connectFlow.ts'
import type { ConnectionStatusOrAbsent } from './src/useConnection.ts'

const folder = (name: string): string => join(import.meta.dirname, name)

// Each has to be named, or this does not compile.
const phases: Record<ConnectPhase, true> = { idle: true, opening: true, waiting: true, detached: true, confirming: true, done: true, blocked: true, error: true }
const statuses: Record<ConnectionStatusOrAbsent, true> = { absent: true, active: true, needs_reauth: true, failed: true, revoked: true }

/** Puts a style sheet of the package together from its parts. */
export const bundleStyles = (name: 'styles.css' | 'styles-unlayered.css'): string => bundle({ filename: folder(`src/${name}`), minify: true }).code.toString()

/** Writes `styles.css`, `styles-unlayered.css` and `tailwind.css` into the built package. */
export async function writeStyles(): Promise<void> {
  await mkdir(folder('dist'), { recursive: true })
  for (const name of ['styles.css', 'styles-unlayered.css'] as const) await writeFile(folder(`dist/${name}`), bundleStyles(name))
  await writeFile(folder('dist/tailwind.css'), await tailwindStyles())
}

/** Colours as utilities (`bg-ap-muted`) and states as variants (`ap-waiting:opacity-50`), on the element that has the state and inside it. */
export async function tailwindStyles(): Promise<string> {
  const tokens = await readFile(folder('src/styles/tokens.css'), 'utf8')
  const colors = [...tokens.matchAll(/--_([\w-]+): (.+);/g)].map(([, name, value]) => `  --color-ap-${name}: ${value};`)
  const variant = (attribute: string, value: string): string => {
    const state = `[${attribute}='${value}']`
    return `@custom-variant ap-${value.replace('_', '-')} (&:where(${state}, ${state} *));`
  }
  return [
    '/* For Tailwind 4, after its own import: looks, colours and variants of @authpipe/react. */',
    "@import './styles.css';",
    `@theme inline {\n${colors.join('\n')}\n}`,
    ...Object.keys(phases).map((phase) => variant('data-phase', phase)),
    ...Object.keys(statuses).map((status) => variant('data-status', status)),
    '',
  ].join('\n')
}
