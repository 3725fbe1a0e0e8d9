/** The baseline of single posts: a bare Node HTTP server that stores each body in SQLite with a synced insert before it answers. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openRawTable } from './raw-sqlite.ts'

const table = openRawTable(process.argv[2] ?? '.')
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    table.insert(Buffer.concat(chunks))
    response.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': 15 })
    response.end('{"stored":true}')
  })
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
