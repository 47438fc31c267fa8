import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './listDocuments.ts'
import type { Snippet } from './readSnippets.ts'

/** As `create-next-app` writes them. They do not know our sources: the built packages are what an app compiles against. */
const compilerOptions = {
  target: 'ES2022',
  lib: ['DOM', 'DOM.Iterable', 'ESNext'],
  module: 'ESNext',
  moduleResolution: 'Bundler',
  paths: { '@/*': ['./*'] },
  jsx: 'react-jsx',
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
}

/**
 * Type-checks the snippets of a document as the files that they name, in a small app.
 *
 * @param snippets - of two with the same file the later one counts
 * @returns what the compiler says, one line for each error; none where all is well
 */
export async function compileSnippets(snippets: readonly Snippet[]): Promise<string[]> {
  // Inside the workspace, where the packages are found.
  const directory = mkdtempSync(join(root, '.snippets-'))
  try {
    cpSync(join(import.meta.dirname, 'app'), directory, { recursive: true })
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    for (const { path, code } of snippets) {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), code)
    }
    const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', directory, '--pretty', 'false'], { cwd: directory }).catch(failedCompilation)
    return stdout.split('\n').filter((line) => line !== '')
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The compiler ends with an error where it finds some, and says them on its standard output. */
function failedCompilation(error: unknown): { stdout: string } {
  if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string' && error.stdout !== '') return { stdout: error.stdout }
  throw error
}
