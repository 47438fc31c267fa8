import { sql, type RawBuilder } from 'kysely'
import type { Query } from './sqliteDatabase.ts'

/** Stands in a query for the value of this name, which each use brings. */
class StandIn {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

type StandIns<V> = { readonly [K in keyof V]: RawBuilder<V[K]> }

/**
 * Defines a query by what it is given, for those that a refresh consists of: building one with Kysely takes longer than
 * running it. It is built once for each set of names that it is given, and from then on values are only bound.
 *
 * @param build - makes the query, with a stand-in for each value
 */
export function defineQuery<V extends object>(build: (values: StandIns<V>) => Query): (values: V) => Query {
  const built = new Map<string, ReturnType<Query['compile']>>()
  return (values) => {
    const names = Object.keys(values)
    const shape = names.join()
    let query = built.get(shape)
    if (!query) built.set(shape, (query = build(standInsFor<V>(names)).compile()))
    const parameters = query.parameters.map((parameter): unknown => (parameter instanceof StandIn ? Reflect.get(values, parameter.name) : parameter))
    return { compile: () => ({ sql: query.sql, parameters }) }
  }
}

function standInsFor<V>(names: readonly string[]): StandIns<V> {
  return Object.fromEntries(names.map((name) => [name, sql`${new StandIn(name)}`])) as StandIns<V> // the names are those of a V
}
