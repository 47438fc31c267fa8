import type { ESTree } from 'vite'
import { docstringBefore, openSource } from './openSource.ts'

/** A page of Storybook that is made of stories. */
export interface StoryPage {
  /** Such as `Components/ConnectButton`. */
  readonly title: string
  /** What it says above the stories, as Markdown. */
  readonly description: string
  readonly stories: readonly { readonly name: string; readonly description: string }[]
}

type Node = ESTree.Expression | null | undefined

/** Reads a file of stories; nothing where they have no page of documentation. */
export function readStories(path: string): StoryPage | undefined {
  const file = openSource(path)
  const declared = file.program.body.flatMap((statement) => {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration') return []
    return declaration.declarations.map(({ id, init }) => ({ name: id.type === 'Identifier' ? id.name : '', init, start: statement.start, isExported: declaration !== statement }))
  })

  /** A member of an object that is written down here, or spread from one that is. */
  function at(node: Node, name: string): Node {
    if (node?.type === 'TSSatisfiesExpression') return at(node.expression, name)
    if (node?.type === 'Identifier') return at(declared.find((one) => one.name === node.name)?.init, name)
    if (node?.type !== 'ObjectExpression') return undefined
    const values = node.properties.map((property) => {
      if (property.type === 'SpreadElement') return at(property.argument, name)
      return property.key.type === 'Identifier' && property.key.name === name ? property.value : undefined
    })
    return values.findLast((value) => value !== undefined)
  }

  const isShown = (node: Node): boolean => {
    const tags = at(node, 'tags')
    return tags?.type !== 'ArrayExpression' || !tags.elements.some((tag) => tag?.type === 'Literal' && (tag.value === '!autodocs' || tag.value === '!dev'))
  }

  const meta = declared.find(({ name }) => name === 'meta')?.init
  const title = textOf(at(meta, 'title'))
  if (title === undefined) throw new Error(`${path} has no title.`)
  if (!isShown(meta)) return undefined
  const stories = declared.filter(({ init, isExported }) => isExported && isShown(init))
  return {
    title,
    description: textOf(['parameters', 'docs', 'description', 'component'].reduce<Node>(at, meta)) ?? '',
    stories: stories.map(({ name, init, start }) => ({ name: textOf(at(init, 'name')) ?? spell(name), description: docstringBefore(file, start).replace(/\s+/g, ' ') })),
  }
}

function textOf(node: Node): string | undefined {
  if (node?.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  return node?.type === 'TemplateLiteral' ? (node.quasis[0]?.value.cooked ?? undefined) : undefined
}

/** As Storybook spells the name of an export. */
const spell = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, ' ')
