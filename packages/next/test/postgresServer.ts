// One PostgreSQL server for all test files of a run: a given one, or one of our own.
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../../../tools/startPostgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = givenServer()
  if (given) {
    project.provide('postgresUrl', given)
    return undefined
  }
  const server = await startPostgres()
  project.provide('postgresUrl', server.url)
  return () => server.close()
}

/** Tests make databases of their own on it, and leave alone the one that the URL names. */
function givenServer(): string | undefined {
  const { AUTHPIPE_DATABASE_URL: url } = process.env
  return url?.startsWith('postgres') ? url : undefined
}
