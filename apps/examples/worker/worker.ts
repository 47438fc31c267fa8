// Lists the chats of one customer, as a job of a queue would: `node worker.ts org_acme ada`.
import { AuthpipeError, createAuthpipeClient } from '@authpipe/node'

const [tenantId, userId] = process.argv.slice(2)
if (!tenantId || !userId) throw new Error('Say whose chats to list: node worker.ts <tenant> <user>')

const authpipe = createAuthpipeClient({
  baseUrl: process.env.AUTHPIPE_BASE_URL ?? 'http://localhost:3000/api/authpipe',
  secretKey: process.env.AUTHPIPE_SECRET_KEY,
})

try {
  const query = { provider: 'livechat', tenantId, userId }
  const response = await authpipe.fetch(query, '/agent/action/list_chats', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })
  if (!response.ok) throw new Error(`LiveChat answered ${response.status}.`)
  console.log(JSON.stringify(await response.json()))
} catch (error) {
  if (!(error instanceof AuthpipeError)) throw error
  // Nobody but the user can mend these two: the job is done. Others are worth another try, which 75 (EX_TEMPFAIL) asks for.
  const isFinal = error.code === 'connection_not_found' || error.code === 'needs_reauth'
  console.log(JSON.stringify({ error: error.code }))
  process.exitCode = isFinal ? 0 : 75
} finally {
  authpipe.close()
}
