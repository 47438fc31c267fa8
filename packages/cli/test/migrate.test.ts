import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, inject, it } from 'vitest'
import { createDatabase } from '../../next/test/createDatabase.ts'
import type {} from '../../next/test/postgresServer.ts'
import { migrations } from '../../next/src/store/sqlite/migrations/index.ts'
import { runCli } from './runCli.ts'
import { tempFolder } from './tempFolder.ts'

describe('authpipe migrate', () => {
  it('brings the database that the environment names up to date, and says from where to where', async () => {
    const folder = tempFolder({ '.env.local': 'AUTHPIPE_DATABASE_URL=file:data/app.db\n' })
    const first = await runCli(['migrate'], { cwd: folder })

    expect(first).toEqual({ code: 0, stderr: '', stdout: `${join(folder, 'data/app.db')} went from schema version 0 to ${migrations.length}.\n` })
    expect(statSync(join(folder, 'data/app.db')).mode & 0o777).toBe(0o600)
    expect((await runCli(['migrate'], { cwd: folder })).stdout).toContain(`is up to date: schema version ${migrations.length}.`)
  })

  it('refuses a database of a newer version', async () => {
    const folder = tempFolder()
    await runCli(['migrate'], { cwd: folder })
    const path = join(folder, '.authpipe/authpipe.db')
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 99')
    database.close()

    const { code, stderr } = await runCli(['migrate'], { cwd: folder })
    expect(code).toBe(1)
    expect(stderr).toContain(`has schema version 99, this version of Authpipe knows ${migrations.length}. Update @authpipe/next.`)
  })

  it('only looks with --check, and ends with 1 where something is to be done', async () => {
    const folder = tempFolder()
    const { code, stdout } = await runCli(['migrate', '--check', '--json'], { cwd: folder })

    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({ database: join(folder, '.authpipe/authpipe.db'), before: 0, after: 0, newest: migrations.length })
    expect(existsSync(join(folder, '.authpipe'))).toBe(false)
  })

  it('ends with 0 from --check where nothing is to be done', async () => {
    const folder = tempFolder()
    await runCli(['migrate'], { cwd: folder })

    expect(await runCli(['migrate', '--check'], { cwd: folder })).toMatchObject({ code: 0 })
  })

  it('migrates PostgreSQL, and names it without user and password', async () => {
    const url = await createDatabase(inject('postgresUrl'))
    const { code, stdout } = await runCli(['migrate'], { cwd: tempFolder(), env: { AUTHPIPE_DATABASE_URL: url } })

    expect(code).toBe(0)
    expect(stdout).toMatch(/^postgres:\/\/127\.0\.0\.1:\d+\/authpipe_\w+ went from schema version 0 to \d+\.\n$/)
  })

  it('says in one sentence why a database cannot be migrated', async () => {
    const folder = tempFolder({ 'notes.db': 'no database at all, but notes that somebody took' })
    const { code, stderr } = await runCli(['migrate', '--database', 'file:notes.db'], { cwd: folder })

    expect(code).toBe(1)
    expect(stderr).toContain('is not a SQLite database')
  })
})
