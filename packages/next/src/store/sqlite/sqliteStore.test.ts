import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { SqliteStore } from './sqliteStore.ts'
import { describeStore } from '../conformance/describeStore.ts'

const directory = mkdtempSync(join(tmpdir(), 'authpipe-store-'))
afterAll(() => rmSync(directory, { recursive: true }))

let count = 0
describeStore('SqliteStore', () => new SqliteStore({ path: join(directory, `${++count}.db`) }))
