import { sql, type RawBuilder } from 'kysely'
import type { BuiltQuery, QueryWriter, StatementText } from './query.ts'

/** Stands in a query for the value of this name, which each use brings. */
class StandIn {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

type StandIns<V> = { readonly [K in keyof V]: RawBuilder<Exclude<V[K], undefined>> }

/**
 * Defines a query by what it is given: building one with Kysely takes longer than running it. It is built once for each set of
 * names that it is given, and from then on values are only bound.
 *
 * @param build - makes the query, with a stand-in for each value
 */
export function defineQuery<V extends object>(build: (values: StandIns<V>) => BuiltQuery): (values: V) => { textFor(writer: QueryWriter): StatementText } {
  const written = new Map<QueryWriter, Map<string, StatementText>>()
  return (values) => ({
    textFor(writer) {
      let byShape = written.get(writer)
      if (!byShape) written.set(writer, (byShape = new Map()))
      const names = Object.keys(values)
      const shape = names.join()
      let text = byShape.get(shape)
      if (!text) byShape.set(shape, (text = writer(build(standInsFor<V>(names)))))
      const parameters = text.parameters.map((parameter): unknown => (parameter instanceof StandIn ? Reflect.get(values, parameter.name) : parameter))
      return { sql: text.sql, parameters }
    },
  })
}

function standInsFor<V>(names: readonly string[]): StandIns<V> {
  return Object.fromEntries(names.map((name) => [name, sql`${new StandIn(name)}`])) as StandIns<V> // the names are those of a V
}
