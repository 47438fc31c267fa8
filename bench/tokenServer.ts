// A token endpoint in a process of its own, which tells its parent where it is.
import { createServer } from 'node:http'
import { accessToken } from './accessToken.ts'

const answer = JSON.stringify({
  access_token: accessToken,
  refresh_token: 'dal:refresh',
  token_type: 'Bearer',
  expires_in: 28_800,
  scope: 'chats--all:ro,agents--my:ro',
  account_id: 'account',
  organization_id: 'organization',
})

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) }).end(answer)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  process.send?.(`http://127.0.0.1:${address.port}/v2/token`)
})
process.on('disconnect', () => process.exit())
