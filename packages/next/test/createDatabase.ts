import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** Makes an empty database of its own on a server. @returns its URL */
export async function createDatabase(serverUrl: string): Promise<string> {
  const name = `authpipe_${randomBytes(8).toString('hex')}`
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(`CREATE DATABASE ${name}`)
  } finally {
    await client.end()
  }
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
