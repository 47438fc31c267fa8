// @vitest-environment node
// What pages load, measured on the built packages as docs of the budgets say: minified, gzipped, without React and TanStack Query.
import * as entry from '@authpipe/react'
import { describe, expect, test } from 'vitest'
import { bundleForReact, measureButton } from '../../../bench/measureButton.ts'

const kilobyte = 1_024

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Holds a number of bytes to its budget, and prints both. */
function expectWithin(what: string, bytes: number, budget: number): void {
  print(`${what}: ${bytes} of ${budget} B`)
  expect(bytes).toBeLessThanOrEqual(budget)
}

// What is counted: the static code, which is what a page loads before anything happens on it. What comes by `import()` is printed beside it.
test('a page with a ConnectButton stays within its budget, for its first paint and a click', async () => {
  const { code, all } = await measureButton()
  expectWithin('ConnectButton', code, 4 * kilobyte)
  print(`  what comes later, all of it: ${all - code} B`)
})

test('a page with every component that is exported stays within its budget, for its first paint and a click', async () => {
  const components = Object.keys(entry).filter((name) => /^[A-Z]/.test(name) && name !== 'AuthpipeError')
  const source = `export { ${components.join(', ')} } from '@authpipe/react'`
  const [{ gzipped }, all] = await Promise.all([bundleForReact(source, { later: false }), bundleForReact(source)])
  expectWithin(`all ${components.length} components`, gzipped, 18 * kilobyte)
  print(`  what comes later, all of it: ${all.gzipped - gzipped} B`)
})

test('the style sheet stays within its budget', async () => {
  const { styles } = await measureButton()
  expectWithin('styles.css', styles, 5 * kilobyte)
})

describe('a page pays for nothing that it does not import', () => {
  const folders = (modules: readonly string[]): string[] => [...new Set(modules.flatMap((path) => /react\/dist\/([^/]+)\//.exec(path)?.[1] ?? []))]

  test.each([
    ['useConnection', ['client']],
    ['useConnections', ['client']],
    ['useDisconnect', ['client']],
    ['useCheckConnection', ['client']],
    ['useConnectionEffect', ['client']],
    ['Show', ['client']],
    ['AuthpipeProvider', ['client']],
    ['useConnect', ['client']],
  ])('%s pulls in no component and no style', async (name, expected) => {
    const { modules, code, gzipped } = await bundleForReact(`export { ${name} } from '@authpipe/react'`)
    print(`${name}: ${gzipped} B with all that it loads later`)
    expect(folders(modules)).toEqual(expected)
    expect(code).not.toMatch(/className|["'`]ap-/)
  })

  test('the queries of a server component pull in no React and no client component', async () => {
    const { code, modules } = await bundleForReact("export * from '@authpipe/react/queries'")
    expect(code).not.toMatch(/from *["'`]react/)
    expect(modules.filter((path) => /\/use[A-Z]/.test(path))).toEqual([])
  })

  test('a ConnectButton pulls in no dialog and no note before it needs one', async () => {
    const { modules } = await bundleForReact("export { ConnectButton } from '@authpipe/react'", { later: false })
    expect(folders(modules).toSorted()).toEqual(['appearance', 'client', 'connect-button'])
    expect(modules.filter((path) => /\/(ConnectNote|noteTexts|connectButtonEngine|connectFlow|followAttempt|watchSession|readAnswer)\./.test(path))).toEqual([])
  })
})
