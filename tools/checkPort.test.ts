import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { expect, test } from 'vitest'
import { checkPort } from './checkPort.ts'

async function listenSomewhere(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The machine gave no port.')
  return { server, port: address.port }
}

test('says which port is taken and how another is chosen', async () => {
  const { server, port } = await listenSomewhere()
  await expect(checkPort(port, 'SANDBOX_PORT')).rejects.toThrow(
    `Port ${port} is taken: end the program that uses it, or choose another with SANDBOX_PORT=${port + 1} npm start.`,
  )
  server.close()
})

test('says nothing about a port that is free', async () => {
  const { server, port } = await listenSomewhere()
  server.close()
  await once(server, 'close')
  await expect(checkPort(port, 'PORT')).resolves.toBeUndefined()
})
