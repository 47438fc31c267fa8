// What a component takes, out of the source of its types: every prop of our own with its docstring, wherever it was inherited from.
import { dirname, join } from 'node:path'
import type { ESTree } from 'vite'
import { docstringBefore, openSource, type SourceFile } from './openSource.ts'

export interface Prop {
  readonly name: string
  /** As the source writes it, without `undefined`. */
  readonly type: string
  readonly isRequired: boolean
  /** The docstring in one line. */
  readonly description: string
  readonly defaultValue?: string
}

export interface Props {
  readonly own: readonly Prop[]
  /** Types of other packages that are taken too, such as `ButtonHTMLAttributes<HTMLButtonElement>`. */
  readonly native: readonly string[]
}

interface Place {
  readonly file: SourceFile
  readonly declaration: ESTree.TSInterfaceDeclaration | ESTree.TSTypeAliasDeclaration
}

/**
 * Reads the members of a type, also those of what it extends.
 *
 * @param path - of a module that declares, imports or exports the type
 */
export function readProps(path: string, name: string): Props {
  const place = findType(openSource(path), name)
  if (!place) throw new Error(`${path} has no type "${name}".`)
  return membersOf(place, [])
}

/** The declaration of a type of ours, followed through imports and exports; none for what another package declares. */
function findType(file: SourceFile, name: string): Place | undefined {
  for (const statement of file.program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if ((declaration?.type === 'TSInterfaceDeclaration' || declaration?.type === 'TSTypeAliasDeclaration') && declaration.id.name === name) return { file, declaration }
  }
  for (const statement of file.program.body) {
    if ((statement.type !== 'ExportNamedDeclaration' && statement.type !== 'ImportDeclaration') || !statement.source) continue
    for (const specifier of statement.specifiers) {
      if (specifier.local.type !== 'Identifier') continue
      const here = specifier.type === 'ExportSpecifier' ? nameOf(specifier.exported) : specifier.local.name
      const there = specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : specifier.local.name
      if (here === name && statement.source.value.startsWith('.')) return findType(openSource(join(dirname(file.path), statement.source.value)), there)
    }
  }
  return undefined
}

const nameOf = (name: ESTree.ModuleExportName): string => (name.type === 'Literal' ? name.value : name.name)

const nothing: Props = { own: [], native: [] }

/** Of two props with one name the first one counts: an interface narrows what it extends, and its own stand before those. */
function unite(...all: readonly Props[]): Props {
  const own = new Map(all.flatMap((one) => one.own.map((prop) => [prop.name, prop] as const)).toReversed())
  return { own: [...own.values()].toReversed(), native: [...new Set(all.flatMap(({ native }) => native))] }
}

/** What the type parameters of a declaration stand for, as text. */
type Given = ReadonlyMap<string, string>

function membersOf({ file, declaration }: Place, told: readonly string[]): Props {
  const parameters = declaration.typeParameters?.params ?? []
  const given = new Map(
    parameters.map(({ name, constraint, default: usual }, index) => [name.name, told[index] ?? textOf(file, constraint ?? usual) ?? name.name]),
  )
  if (declaration.type === 'TSTypeAliasDeclaration') return membersOfType(file, declaration.typeAnnotation, given)
  const inherited = declaration.extends.map(({ expression, typeArguments }) =>
    expression.type === 'Identifier' ? membersOfName(file, expression.name, typeArguments?.params ?? [], given) : nothing,
  )
  return unite(signatures(file, declaration.body.body, given), ...inherited)
}

function membersOfType(file: SourceFile, type: ESTree.TSType, given: Given): Props {
  if (type.type === 'TSTypeLiteral') return signatures(file, type.members, given)
  if (type.type === 'TSIntersectionType' || type.type === 'TSUnionType') return unite(...type.types.map((one) => membersOfType(file, one, given)))
  if (type.type === 'TSTypeReference' && type.typeName.type === 'Identifier') return membersOfName(file, type.typeName.name, type.typeArguments?.params ?? [], given)
  return nothing
}

function membersOfName(file: SourceFile, name: string, told: readonly ESTree.TSType[], given: Given): Props {
  const [first, second] = told
  if (first && second && (name === 'Omit' || name === 'Pick')) {
    const keys = keysOf(file, second, given)
    const { own, native } = membersOfType(file, first, given)
    return { own: own.filter((prop) => keys.has(prop.name) === (name === 'Pick')), native: name === 'Omit' ? native : [] }
  }
  if (first && (name === 'Readonly' || name === 'Partial')) return membersOfType(file, first, given)
  const texts = told.map((type) => textOf(file, type, given) ?? '')
  const place = findType(file, name)
  return place ? membersOf(place, texts) : { own: [], native: [texts.length > 0 ? `${name}<${texts.join(', ')}>` : name] }
}

function keysOf(file: SourceFile, type: ESTree.TSType, given: Given): ReadonlySet<string> {
  if (type.type === 'TSUnionType') return new Set(type.types.flatMap((one) => [...keysOf(file, one, given)]))
  if (type.type === 'TSLiteralType' && type.literal.type === 'Literal') return new Set([String(type.literal.value)])
  if (type.type === 'TSTypeOperator' && type.operator === 'keyof') return new Set(membersOfType(file, type.typeAnnotation, given).own.map(({ name }) => name))
  return new Set()
}

function signatures(file: SourceFile, members: readonly ESTree.TSSignature[], given: Given): Props {
  const own = members.flatMap((member): Prop[] => {
    if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier' || !member.typeAnnotation) return []
    const type = typeOf(file, member.typeAnnotation.typeAnnotation, given)
    return [{ name: member.key.name, type, isRequired: !member.optional, ...readDocstring(docstringBefore(file, member.start)) }]
  })
  return { own, native: [] }
}

function typeOf(file: SourceFile, type: ESTree.TSType, given: Given): string {
  if (type.type === 'TSUnionType') {
    const [one, ...others] = type.types.filter(({ type: kind }) => kind !== 'TSUndefinedKeyword')
    if (one && others.length === 0) return typeOf(file, one, given)
  }
  if (type.type === 'TSParenthesizedType') return typeOf(file, type.typeAnnotation, given)
  // A member of a type that is not exported says nothing to a reader; what it is does.
  if (type.type === 'TSIndexedAccessType') {
    const [member] = keysOf(file, type.indexType, given)
    const found = membersOfType(file, type.objectType, given).own.find(({ name }) => name === member)
    if (found) return found.type
  }
  return (textOf(file, type, given) ?? '').replace(/ \| undefined$/, '')
}

function textOf(file: SourceFile, type: ESTree.TSType | null | undefined, given: Given = new Map()): string | undefined {
  const text = type && file.source.slice(type.start, type.end).replace(/\s+/g, ' ')
  return text?.replace(/\b[A-Z]\w*\b/g, (name) => given.get(name) ?? name)
}

function readDocstring(text: string): Pick<Prop, 'description' | 'defaultValue'> {
  const [description = '', defaultValue] = text.split('@defaultValue').map((part) => part.replace(/\s+/g, ' ').trim())
  return { description, ...(defaultValue === undefined ? {} : { defaultValue }) }
}
