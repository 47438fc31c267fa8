import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor, type ESTree } from 'vite'
import { root } from './listDocuments.ts'

/** A file that defines tests. */
export interface TestFile {
  /** As `docs/security-cases.md` names it: below `packages` or `apps`, without `.test.ts`. */
  readonly name: string
  /** Titles of tests and of their groups as the source writes them; what is put in stands as `${…}`. */
  readonly titles: ReadonlySet<string>
  /** Rows of the threat catalogue that its comments name. */
  readonly rows: ReadonlySet<string>
}

const folders = ['{packages,apps}/*/{src,test,e2e}/**/*.{ts,tsx}', 'tools/*.ts']

/** Reads every file of the repository that defines tests, without running one. */
export function readTests(): ReadonlyMap<string, TestFile> {
  const files = globSync(folders, { cwd: root, exclude: ['**/node_modules/**'] }).map(readFile)
  return new Map(files.filter(({ titles }) => titles.size > 0).map((file) => [file.name, file]))
}

function readFile(path: string): TestFile {
  const source = readFileSync(join(root, path), 'utf8')
  const { program, comments, errors } = parseSync(path, source)
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`)
  const titles = new Set<string>()
  new Visitor({
    CallExpression: (call) => {
      const [title] = call.arguments
      if (title && isTestFunction(call.callee)) addTitle(titles, title, source)
    },
  }).visit(program)
  const rows = comments.flatMap(({ value }) => value.match(/\b[A-Z]{2}-\d+\b/g) ?? [])
  return { name: path.replace(/^(?:packages|apps)\//, '').replace(/(?:\.(?:test|spec))?\.tsx?$/, ''), titles, rows: new Set(rows) }
}

/** `it`, `test.only`, `it.each(rows)`, `describe.runIf(is)`, and so on. */
function isTestFunction(callee: ESTree.Expression): boolean {
  if (callee.type === 'Identifier') return ['it', 'test', 'describe'].includes(callee.name)
  if (callee.type === 'MemberExpression') return isTestFunction(callee.object)
  return callee.type === 'CallExpression' && isTestFunction(callee.callee)
}

function addTitle(titles: Set<string>, title: ESTree.Argument, source: string): void {
  if (title.type === 'Literal' && typeof title.value === 'string') titles.add(title.value)
  if (title.type === 'TemplateLiteral') titles.add(source.slice(title.start + 1, title.end - 1))
}
