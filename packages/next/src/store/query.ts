// Queries as Kysely builds them, written out for the kind of database that runs them.
import { createQueryId, WithSchemaPlugin, type QueryCompiler, type RootOperationNode } from 'kysely'

/** A query as text, and its values in order. */
export interface StatementText {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** A query that Kysely has built. */
export interface BuiltQuery {
  toOperationNode(): RootOperationNode
}

/** A query that a database is asked: a built one, or one that `defineQuery` built once and that now has its values. */
export type Query = BuiltQuery | { textFor(writer: QueryWriter): StatementText }

/** Writes queries for one kind of database. */
export type QueryWriter = (query: BuiltQuery) => StatementText

/** @param schema - the schema that holds the tables, where they have one of their own */
export function createQueryWriter(compiler: QueryCompiler, schema?: string): QueryWriter {
  const plugin = schema === undefined ? undefined : new WithSchemaPlugin(schema)
  return (query) => {
    const queryId = createQueryId()
    const node = query.toOperationNode()
    return compiler.compileQuery(plugin ? plugin.transformQuery({ node, queryId }) : node, queryId)
  }
}

export function textOf(query: Query, writer: QueryWriter): StatementText {
  return 'textFor' in query ? query.textFor(writer) : writer(query)
}
