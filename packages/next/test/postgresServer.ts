// One PostgreSQL server for all test files of a run: a given one, or one of our own.
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../../../tools/startPostgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env.AUTHPIPE_TEST_POSTGRES_URL
  if (given) {
    project.provide('postgresUrl', given)
    return undefined
  }
  const server = await startPostgres()
  project.provide('postgresUrl', server.url)
  return () => server.close()
}
