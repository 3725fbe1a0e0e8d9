import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../../../main/bridge/free-port.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function occupy(port: number): Promise<number> {
  const server = createServer()
  servers.push(server)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

test('a free port is taken as it is', async () => {
  const port = await freePort(0)
  expect(port).toBeGreaterThan(0)
  expect(await freePort(port)).toBe(port)
})

test('the next free one is taken when it is in use', async () => {
  const port = await occupy(0)
  expect(await freePort(port)).toBeGreaterThan(port)
})

test('there is nothing beyond the last port', async () => {
  await occupy(65_535)
  await expect(freePort(65_535)).rejects.toThrow(/no free port/)
})
