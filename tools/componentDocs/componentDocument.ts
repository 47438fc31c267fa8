import { join } from 'node:path'
import { readProps, type Prop } from './readProps.ts'
import type { StoryPage } from './readStories.ts'

const sources = join(import.meta.dirname, '../../packages/react/src')

/** Where the Markdown of a page stands, such as `docs/components/ConnectButton.md`. */
export function componentPath(title: string): string {
  const segments = title.split('/')
  const name = segments.pop() ?? title
  return join('docs', ...segments.map((segment) => segment.toLowerCase()), `${segments.length === 0 ? name.toLowerCase() : name}.md`)
}

/**
 * Writes a page of stories as Markdown.
 *
 * @param path - of the stories, below the root of the repository
 */
export function componentDocument(path: string, { title, description, stories }: StoryPage): string {
  const name = title.split('/').at(-1) ?? title
  return [
    `<!-- Written by tools/writeComponentDocs.ts from ${path} and the docstrings of the props: change those. -->`,
    `# ${name}`,
    description,
    ...propsOf(title, name),
    '## States',
    'Each is a story, live in Storybook.',
    ['| state | what it shows |', '|---|---|', ...stories.map((story) => row([story.name, story.description]))].join('\n'),
  ]
    .join('\n\n')
    .concat('\n')
}

/** A hook says in its description what it takes, and the flows are pages of several components. */
function propsOf(title: string, name: string): string[] {
  const entry = { Components: 'index.ts', Testing: 'testing/index.ts' }[title.split('/')[0] ?? '']
  if (entry === undefined) return []
  const { own, native } = readProps(join(sources, entry), `${name}Props`)
  const table = ['| prop | type | default | what it is |', '|---|---|---|---|', ...own.toSorted(requiredFirst).map(({ name: prop, type, isRequired, defaultValue = '', description }) => row([literal(prop), literal(type), isRequired ? 'required' : defaultValue, description]))]
  return ['## Props', table.join('\n'), ...(native.length > 0 ? [`Every other attribute of the element goes to it: ${native.map(literal).join(', ')}.`] : [])]
}

const requiredFirst = (one: Prop, other: Prop): number => Number(other.isRequired) - Number(one.isRequired)

/** Code in a line, which may have backticks of its own. */
const literal = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``)

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
