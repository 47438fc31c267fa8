import { describe, expect, it } from 'vitest'
import { runCli } from './runCli.ts'

const commands = ['init', 'doctor', 'migrate', 'providers', 'sandbox', 'keygen', 'secret-key', 'rotate-keys', 'import', 'export-tenant', 'import-tenant']

describe('authpipe', () => {
  it('teaches its commands, and says what its exit codes mean', async () => {
    const { code, stdout } = await runCli(['--help'])

    expect(code).toBe(0)
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
    expect(stdout).toMatch(/Exit codes: 0 .* 1 .* 2 /)
  })

  it.each(commands)('teaches %s', async (command) => {
    const { code, stdout } = await runCli([command, '--help'])

    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^Usage: authpipe ${command} `))
    expect(stdout).toContain('--json')
  })

  it('says its version', async () => {
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string })
  })

  it.each([
    ['no command', [], /Usage: authpipe/],
    ['an unknown command, with the one that was meant', ['docter'], /unknown command 'docter'\n\(Did you mean doctor\?\)/],
    ['an unknown option', ['keygen', '--wide'], /unknown option '--wide'/],
    ['a bad value', ['sandbox', '--port', 'http'], /A port is a number between 0 and 65535/],
    ['a folder that is not there', ['doctor', '--app', '/nowhere/at/all'], /There is no folder \/nowhere\/at\/all/],
  ])('ends with 2 on %s', async (_, args, sentence) => {
    const { code, stdout, stderr } = await runCli(args)

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(sentence)
  })

  it('does nothing on a Node.js that is too old, and says which is needed', async () => {
    const before = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.0' } })`
    const { code, stdout, stderr } = await runCli(['keygen'], { before })

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('Authpipe needs Node.js 22.13 or newer, and this is 20.11.0')
  })

  it('answers a program with JSON also when it fails', async () => {
    const { code, stdout } = await runCli(['migrate', '--json', '--database', 'mysql://db/app'])

    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'invalid_configuration', message: expect.stringContaining('"file:" URL') as string } })
  })

  it('writes no colour where nobody sees it', async () => {
    const { stdout } = await runCli(['providers', 'livechat'])

    expect(stdout).not.toContain('\u001B')
  })
})

describe('authpipe keygen', () => {
  it('prints a key that the server takes, and nothing else', async () => {
    const { code, stdout, stderr } = await runCli(['keygen'])
    const { parseKeys } = await import('../../next/src/vault/keyring.ts')

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(parseKeys(stdout)).toHaveLength(1)
    expect((await runCli(['keygen'])).stdout).not.toBe(stdout)
  })

  it('names the key as it is told', async () => {
    const { stdout } = await runCli(['keygen', '--id', '2026-12', '--json'])

    expect(JSON.parse(stdout)).toEqual({ id: '2026-12', key: expect.stringMatching(/^2026-12:[A-Za-z0-9+/]{43}=$/) as string })
  })

  it('refuses an id that the server would', async () => {
    expect(await runCli(['keygen', '--id', 'a:b'])).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('authpipe secret-key', () => {
  it('prints 256 random bits behind ap_', async () => {
    expect(await runCli(['secret-key'])).toEqual({ code: 0, stdout: expect.stringMatching(/^ap_[A-Za-z0-9_-]{43}\n$/) as string, stderr: '' })
  })
})

describe('authpipe providers', () => {
  it('lists the catalog with the ways of each', async () => {
    const { stdout } = await runCli(['providers'])

    expect(stdout).toMatch(/^livechat +sign-in +Manage agents/m)
    expect(stdout).toMatch(/^crisp +API key, installation +/m)
  })

  it('says what to register at one, for the base URL that is meant', async () => {
    const { stdout } = await runCli(['providers', 'livechat', '--base-url', 'https://app.example.com/api/authpipe/'])

    expect(stdout).toContain('  https://app.example.com/api/authpipe/callback/livechat\n')
    expect(stdout).toContain('1. Open platform.text.com/console')
    expect(stdout).toContain('LIVECHAT_CLIENT_SECRET=')
    expect(stdout).toMatch(/chats--all:ro +Read-only access to all chats \(needs administrator\)/)
  })

  it('takes the base URL from the environment', async () => {
    const { stdout } = await runCli(['providers', 'help-scout', '--json'], { env: { AUTHPIPE_BASE_URL: 'https://app.example.com/hooks' } })

    expect(JSON.parse(stdout)).toMatchObject({ id: 'help-scout', ways: ['oauth2'], redirectUri: 'https://app.example.com/hooks/callback/help-scout' })
  })

  it('names no redirect URI where nothing comes back, or each tenant has its own', async () => {
    for (const id of ['freshdesk', 'freshservice']) expect(JSON.parse((await runCli(['providers', id, '--json'])).stdout)).not.toHaveProperty('redirectUri')
  })

  it('knows no other', async () => {
    const { code, stderr } = await runCli(['providers', 'acme'])

    expect(code).toBe(2)
    expect(stderr).toContain('There is no built-in provider "acme". There are livechat, help-scout')
  })
})
