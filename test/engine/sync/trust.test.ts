import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { certificate, privateKey } from './test-certificate.ts'
import { dropData, openConsole, type TestConsole, TOKEN } from './test-console.ts'
import { workspaceBody } from './test-platform.ts'

let server: https.Server
let engine: TestConsole
let seen: (string | undefined)[]

beforeEach(async () => {
  seen = []
  server = https.createServer({ key: privateKey, cert: certificate }, (request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(workspaceBody()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await engine.close()
  dropData(engine)
  server.closeAllConnections()
  server.close()
})

function read(host = '127.0.0.1') {
  const url = `https://${host}:${(server.address() as AddressInfo).port}`
  return engine.client.sendTo({ workspaceId: null, url, token: TOKEN }, 'readWorkspace', {})
}

describe('https', () => {
  it('to a platform that nobody vouches for sends no token', async () => {
    engine = openConsole(systemClock)
    expect(await read()).toMatchObject({ kind: 'unreachable', reason: 'tls' })
    expect(seen).toEqual([])
  })

  it('works with an authority that was added, as a company adds its own', async () => {
    engine = openConsole(systemClock, { authorities: [certificate] })
    expect(await read()).toMatchObject({ kind: 'ok' })
    expect(seen).toEqual([`Bearer ${TOKEN}`])
  })

  it('to another name than the certificate’s sends no token', async () => {
    engine = openConsole(systemClock, { authorities: [certificate] })
    expect(await read('localhost')).toMatchObject({ kind: 'unreachable', reason: 'tls' })
    expect(seen).toEqual([])
  })
})
