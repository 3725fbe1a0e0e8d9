import http from 'node:http'
import https from 'node:https'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { certificate, privateKey } from './test-certificate.ts'
import { dropData, openConsole, type TestConsole, TOKEN } from './test-console.ts'
import { workspaceBody } from './test-platform.ts'

/** The certificate of the tests is for 127.0.0.1, which never goes through a proxy: a name that means it is resolved by the proxy here. */
const host = 'billing.test'
let platform: https.Server
let proxy: http.Server
let engine: TestConsole
let connects: string[]
let asked: string[]

const portOf = (server: http.Server | https.Server | Server): number => (server.address() as AddressInfo).port
const listen = (server: http.Server | https.Server | Server): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

beforeEach(async () => {
  connects = []
  asked = []
  platform = https.createServer({ key: privateKey, cert: certificate }, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(workspaceBody()))
  })
  proxy = http.createServer()
  proxy.on('connect', (request, socket) => {
    connects.push(`${request.url} ${JSON.stringify(request.headers)}`)
    const through = connect(portOf(platform), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      through.pipe(socket).pipe(through)
    })
    through.on('error', () => socket.destroy())
    socket.on('error', () => through.destroy())
  })
  await Promise.all([listen(platform), listen(proxy)])
})
afterEach(async () => {
  await engine.close()
  dropData(engine)
  for (const server of [platform, proxy]) {
    server.closeAllConnections()
    server.close()
  }
})

const open = (answer: (url: string) => Promise<string | null>, environment: Record<string, string> = {}): void => {
  engine = openConsole(systemClock, {
    environment,
    authorities: [certificate],
    findProxy(url) {
      asked.push(url)
      return answer(url)
    },
  })
}
const read = (url: string) => engine.client.sendTo({ workspaceId: null, url, token: TOKEN }, 'readWorkspace', {})

describe('the proxy of the system', () => {
  it('carries the requests, by CONNECT, and learns no token; the certificate is the platform’s own', async () => {
    open(async () => `http://127.0.0.1:${portOf(proxy)}`)
    // The name is not the certificate's: the connection got as far as that, and no further.
    expect(await read(`https://${host}`)).toMatchObject({ kind: 'unreachable', reason: 'tls' })
    expect(connects).toHaveLength(1)
    expect(connects[0]).toMatch(new RegExp(`^${host}:443 `))
    expect(connects.join()).not.toContain(TOKEN)
    expect(asked).toEqual([`https://${host}`])
  })

  it('is asked for once a minute and address, not at each request', async () => {
    open(async () => `http://127.0.0.1:${portOf(proxy)}`)
    await read(`https://${host}`)
    await read(`https://${host}`)
    await read('https://other.test')
    expect(asked).toEqual([`https://${host}`, 'https://other.test'])
  })

  it('is never asked for this computer', async () => {
    open(async () => 'http://127.0.0.1:9')
    expect(await read(`https://127.0.0.1:${portOf(platform)}`)).toMatchObject({ kind: 'ok' })
    expect(asked).toEqual([])
  })

  it('gives way to the one that the environment names', async () => {
    open(async () => 'http://127.0.0.1:9', { HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}` })
    await read(`https://${host}`)
    expect(asked).toEqual([])
    expect(connects).toHaveLength(1)
  })

  it('can be "directly", also because nobody could say', async () => {
    open(async () => null)
    expect(await read('https://nowhere.invalid')).toMatchObject({ kind: 'unreachable', reason: 'network' })
    await engine.close()
    dropData(engine)
    open(() => Promise.reject(new Error('no answer')))
    expect(await read('https://nowhere.invalid')).toMatchObject({ kind: 'unreachable', reason: 'network' })
    expect(connects).toEqual([])
  })

  it('may take longer to find than whoever asks has patience: then nothing leaves', async () => {
    const asking = new AbortController()
    open(async () => {
      asking.abort()
      return `http://127.0.0.1:${portOf(proxy)}`
    })
    const answer = await engine.client.sendTo({ workspaceId: null, url: `https://${host}`, token: TOKEN }, 'readWorkspace', { signal: asking.signal })
    expect(answer).toMatchObject({ kind: 'unreachable', reason: 'aborted' })
    expect(connects).toEqual([])
    expect(engine.egress.page({ workspaceId: null, before: null, limit: 10 }).total).toBe(0)
  })

  it('may be one for SOCKS', async () => {
    const greetings: Buffer[] = []
    const socks = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', (greeting) => {
        greetings.push(greeting)
        socket.end(Buffer.from([5, 0xff]))
      })
    })
    await listen(socks)
    open(async () => `socks5://127.0.0.1:${portOf(socks)}`)
    expect(await read(`https://${host}`)).toMatchObject({ kind: 'unreachable' })
    expect(greetings[0]?.[0]).toBe(5)
    socks.close()
  })
})
