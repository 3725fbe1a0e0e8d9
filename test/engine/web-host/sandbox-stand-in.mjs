// A stand-in for the sandbox's program: says where it listens, knows three members, and dies when it is told to.
import { createServer } from 'node:http'

const option = (name) => process.argv[process.argv.indexOf(name) + 1]
let port = Number(option('--port'))
const members = [
  { workspace: 'Acme', catalog: 'layer-a', plan: 'free', member: 'Lin', role: 'tenant_admin', token: 'token-of-lin' },
  { workspace: 'Acme', catalog: 'layer-a', plan: 'free', member: 'Ada', role: 'viewer', token: 'token-of-ada' },
  { workspace: 'Acme', catalog: 'layer-a', plan: 'free', member: 'Max', role: 'tenant_admin', token: 'token-of-max' },
  { workspace: 'Globex', catalog: 'truss', plan: 'pro', member: 'Joy', role: 'tenant_admin', token: 'token-of-joy' },
]

if (option('--data').endsWith('broken')) {
  console.log('the database is damaged')
  process.exit(4)
}
const server = createServer((request, response) => {
  if (request.url === '/die') process.exit(5)
  response.end(JSON.stringify(members))
})
// As the sandbox does: the next free one when it is in use.
server.on('error', () => listen(port + 1))
server.on('listening', () => console.log(`The platform listens on http://127.0.0.1:${port}`))
listen(port)
process.on('disconnect', () => process.exit(0))

function listen(next) {
  port = next
  server.listen(port, '127.0.0.1')
}
