import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Desk } from './Desk.ts'
import { files, findLeaks } from './findLeaks.ts'
import { expect, test } from './test.ts'

test('the watch over all these tests finds a token that a page keeps', async ({ page, demo, sandbox, watch }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  const [token] = sandbox.livechat.issuedSecrets().accessTokens
  await page.evaluate((secret) => sessionStorage.setItem('careless', secret ?? ''), token)
  expect(await findLeaks(watch, demo, sandbox)).toEqual([expect.stringMatching(/^storage of \/integrations shows /)])
  await page.evaluate(() => sessionStorage.clear())
})

test('the watch over all these tests finds a code verifier by its challenge', async ({ page, demo, sandbox, watch }) => {
  await page.goto('/sign-in')
  const verifier = randomBytes(32).toString('base64url')
  watch.codeChallenges.add(createHash('sha256').update(verifier).digest('base64url'))
  await page.evaluate((secret) => localStorage.setItem('careless', secret), verifier)
  expect(await findLeaks(watch, demo, sandbox)).toEqual(['storage of /sign-in shows a code verifier'])
  await page.evaluate(() => localStorage.clear())
})

test('pages say nothing to each other but which session to ask about, and only to their own origin', async ({ page, demo, watch }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  const uuid = '[0-9a-f-]{36}'
  const allowed = [
    new RegExp(`^{"v":1,"type":"authpipe:(completion|ack)","sessionId":"${uuid}"}$`),
    /^{"v":1,"type":"authpipe:changed"}$/,
  ]
  expect(watch.messages.length).toBeGreaterThan(0)
  expect(watch.messages.filter(({ data }) => !allowed.some((form) => form.test(data)))).toEqual([])
  expect(watch.messages.filter(({ targetOrigin = demo.url }) => targetOrigin !== demo.url)).toEqual([])
})

test('the framework keeps no token and no code in its own folder', async ({ page, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  await page.goto('/conversations')
  await expect(page.getByText('Hannah Weiss')).toBeVisible()
  const { accessTokens, refreshTokens, codes } = sandbox.livechat.issuedSecrets()
  const secrets = [...accessTokens, ...refreshTokens, ...codes]
  expect(secrets.length).toBeGreaterThan(2)
  const found = files(join(import.meta.dirname, '../.next')).filter(({ text }) => secrets.some((secret) => text.includes(secret)))
  expect(found.map(({ place }) => place)).toEqual([])
})
