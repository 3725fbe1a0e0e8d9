import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openPageFiles } from '../../../main/bridge/page-files.ts'
import { createRouter } from '../../../main/bridge/router.ts'
import { controlPath, startWebServer, type WebServer } from '../../../main/web/server.ts'
import type { ConsoleEvent, Result } from '../../../shared/contract/console.ts'
import { hostMessage, type HostMessage } from '../../../shared/contract/web-socket.ts'
import { closeCodes, maxMessageBytes } from '../../../shared/contract/web-socket-line.ts'

const controlSecret = 'control-secret'
const workspaceId = '0198c0de-0000-7000-8000-000000000001'
let folder: string
let server: WebServer
let listeners: Set<(event: ConsoleEvent) => void>
let answer: (name: string) => Promise<Result<unknown>>
let lines: string[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-web-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<meta name="style-nonce" content="" />')
  writeFileSync(join(folder, 'assets/index-BqzXyQ12.js'), 'run()')
  listeners = new Set()
  lines = []
  answer = async () => ({ ok: true, value: { name: 'copy-1' } })
  server = await startWebServer({
    port: 0,
    files: openPageFiles(folder),
    router: createRouter({ call: (name) => answer(name), report: (line) => lines.push(line) }),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    trustedLoopbackOrigins: ['http://127.0.0.1:8787'],
    controlSecret,
  })
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const origin = (): string => `http://127.0.0.1:${server.port}`
const launchToken = (): string => new URL(server.launchLink()).hash.replace('#launch=', '')

/** A tab of a browser, with what it heard and how it was closed. */
class Tab {
  readonly socket: WebSocket
  readonly messages: HostMessage[] = []
  readonly closed: Promise<number>

  constructor(headers: Record<string, string> = { origin: origin() }) {
    this.socket = new WebSocket(`ws://127.0.0.1:${server.port}/bridge`, { headers })
    this.socket.on('message', (data) => this.messages.push(hostMessage.parse(JSON.parse(String(data)))))
    this.closed = new Promise((resolve) => this.socket.once('close', (code) => resolve(code)))
    this.socket.on('error', () => {})
  }

  async say(message: unknown): Promise<void> {
    if (this.socket.readyState === WebSocket.CONNECTING) await new Promise((resolve) => this.socket.once('open', resolve))
    this.socket.send(typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message))
  }

  async next(type: HostMessage['type']): Promise<HostMessage> {
    const message = await expect.poll(() => this.messages.find((candidate) => candidate.type === type)).toBeDefined()
    void message
    return this.messages.find((candidate) => candidate.type === type) as HostMessage
  }
}

async function enteredTab(): Promise<{ tab: Tab; tabSecret: string }> {
  const tab = new Tab()
  await tab.say({ type: 'hello', launchToken: launchToken() })
  const welcome = await tab.next('welcome')
  return { tab, tabSecret: welcome.type === 'welcome' ? welcome.tabSecret : '' }
}

/** Sends exactly these headers: `fetch` would mend them. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(
      { port: server.port, host: '127.0.0.1', path, method, headers: { host: `127.0.0.1:${server.port}`, ...headers }, setHost: false },
      (response) => {
        let body = ''
        response.on('data', (chunk) => {
          body += String(chunk)
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      },
    )
    asked.on('error', reject)
    asked.end()
  })
}

describe('files', () => {
  test('the page comes with a policy whose nonce is in it and new each time', async () => {
    const [first, second] = [await get('/'), await get('/')]
    const nonce = /content="([^"]+)"/.exec(first.body)?.[1] ?? ''
    expect(nonce).toMatch(/^[\w-]{22}$/)
    expect(first.headers['content-security-policy']).toContain(`'nonce-${nonce}'`)
    expect(first.headers['content-security-policy']).toContain(`connect-src 'self' ws://127.0.0.1:${server.port};`)
    expect(first.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    })
    expect(second.body).not.toBe(first.body)
  })

  test('a file is not sent again to who has it', async () => {
    const first = await get('/assets/index-BqzXyQ12.js')
    expect(first).toMatchObject({ status: 200, body: 'run()' })
    expect(first.headers['cache-control']).toContain('immutable')
    expect(await get('/assets/index-BqzXyQ12.js', { 'if-none-match': String(first.headers.etag) })).toMatchObject({ status: 304, body: '' })
    expect(await get('/assets/index-BqzXyQ12.js', {}, 'HEAD')).toMatchObject({ status: 200, body: '' })
  })

  test.each([
    ['no such file', '/nothing.js', {}, 'GET', 404],
    ['a way out of the folder', '/../package.json', {}, 'GET', 404],
    ['an encoded way out', '/%2e%2e/package.json', {}, 'GET', 404],
    ['an address that is none', '//', {}, 'GET', 404],
    ['another host name', '/', { host: 'localhost' }, 'GET', 403],
    ['a page of another site', '/', { origin: 'https://evil.example' }, 'GET', 403],
    ['a write', '/', {}, 'POST', 405],
    ['a delete', '/index.html', {}, 'DELETE', 405],
  ])('refused: %s', async (_what, path, headers, method, status) => {
    const refused = await get(path, headers, method)
    expect(refused.status).toBe(status)
    expect(refused.body).not.toContain('style-nonce')
  })

  test('the answer to nonsense does not end the host', async () => {
    await new Promise((resolve) => {
      const raw = connect(server.port, '127.0.0.1', () => raw.write('GET \0 HTTP/9\r\n\r\n'))
      raw.on('close', resolve)
      raw.on('error', resolve)
      raw.resume()
    })
    expect((await get('/')).status).toBe(200)
  })
})

describe('who is let in', () => {
  test('the tab with the launch token, and the same tab again with its secret', async () => {
    const { tab, tabSecret } = await enteredTab()
    expect(tab.messages[0]).toEqual({ type: 'welcome', tabSecret, trustedLoopbackOrigins: ['http://127.0.0.1:8787'] })
    const again = new Tab()
    await again.say({ type: 'hello', tabSecret })
    expect(await again.next('welcome')).toMatchObject({ tabSecret })
  })

  test('no second tab with the same launch token; it waits for its refusal', async () => {
    const token = launchToken()
    const first = new Tab()
    await first.say({ type: 'hello', launchToken: token })
    await first.next('welcome')
    const second = new Tab()
    const startedAt = performance.now()
    await second.say({ type: 'hello', launchToken: token })
    expect(await second.closed).toBe(closeCodes.refused)
    expect(performance.now() - startedAt).toBeGreaterThan(400)
    expect(second.messages).toEqual([])
  })

  test.each([
    ['a guessed token', { type: 'hello', launchToken: 'A'.repeat(43) }, closeCodes.refused],
    ['a guessed secret', { type: 'hello', tabSecret: 'A'.repeat(43) }, closeCodes.refused],
    ['an empty hello', { type: 'hello' }, closeCodes.malformed],
    ['a call before the hello', { type: 'call', id: 1, name: 'backups.create', input: {} }, closeCodes.malformed],
    ['no JSON', 'hello', closeCodes.malformed],
    ['bytes', new Uint8Array([1, 2, 3]), closeCodes.malformed],
  ])('not %s', async (_who, message, code) => {
    const asked: string[] = []
    answer = async (name) => {
      asked.push(name)
      return { ok: true, value: {} }
    }
    const tab = new Tab()
    await tab.say(message)
    // What follows a bad hello is not heard either.
    await tab.say({ type: 'call', id: 1, name: 'backups.create', input: {} })
    expect(await tab.closed).toBe(code)
    expect(tab.messages).toEqual([])
    expect(asked).toEqual([])
  })

  test.each([
    ['another origin', () => ({ origin: 'http://127.0.0.1:1' })],
    ['another site', () => ({ origin: 'https://evil.example' })],
    ['no origin', (): Record<string, string> => ({})],
    ['another host name', () => ({ origin: origin(), host: `localhost:${server.port}` })],
  ])('not %s, even with a good token', async (_who, headers) => {
    const tab = new Tab(headers())
    expect(await tab.closed).toBe(1006)
  })

  test('not on another path', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/other`, { headers: { origin: origin() } })
    const status = await new Promise((resolve) => socket.once('unexpected-response', (_request, response) => resolve(response.statusCode)))
    expect(status).toBe(404)
  })
})

describe('calls', () => {
  test('are answered, each under its id', async () => {
    const { tab } = await enteredTab()
    await tab.say({ type: 'call', id: 7, name: 'backups.create', input: {} })
    expect(await tab.next('answer')).toEqual({ type: 'answer', id: 7, result: { ok: true, value: { name: 'copy-1' } } })
  })

  test('with a wrong input are answered with the field', async () => {
    const { tab } = await enteredTab()
    await tab.say({ type: 'call', id: 8, name: 'overview.read', input: { workspaceId: 1 } })
    expect(await tab.next('answer')).toMatchObject({
      id: 8,
      result: { ok: false, error: { code: 'invalid_input', message: expect.stringMatching(/^workspaceId: /) } },
    })
  })

  test('that are none close the socket', async () => {
    const { tab } = await enteredTab()
    await tab.say({ type: 'call', id: 1, name: 'backups.create', input: {}, extra: true })
    expect(await tab.closed).toBe(closeCodes.malformed)
  })

  test('longer than the limit close the socket', async () => {
    const { tab } = await enteredTab()
    await tab.say('x'.repeat(maxMessageBytes + 1))
    expect(await tab.closed).toBe(1009)
  })

  test('more than 256 at once close the socket', async () => {
    answer = () => new Promise(() => {})
    const { tab } = await enteredTab()
    for (let id = 0; id <= 256; id++) await tab.say({ type: 'call', id, name: 'backups.create', input: {} })
    expect(await tab.closed).toBe(closeCodes.tooSlow)
  })
})

describe('events', () => {
  const event: ConsoleEvent = { event: 'cache.changed', payload: { workspaceId, topics: ['counter'] } }

  test('reach every tab that was let in, and no other', async () => {
    const [one, two] = [await enteredTab(), await enteredTab()]
    const outside = new Tab()
    await new Promise((resolve) => outside.socket.once('open', resolve))
    for (const listener of listeners) listener(event)
    expect(await one.tab.next('event')).toEqual({ type: 'event', event })
    expect(await two.tab.next('event')).toEqual({ type: 'event', event })
    expect(outside.messages).toEqual([])
  })

  test('that break the contract are held back', async () => {
    const { tab } = await enteredTab()
    for (const listener of listeners) listener({ event: 'cache.changed', payload: { workspaceId, topics: ['counter'], body: 'secret' } } as ConsoleEvent)
    for (const listener of listeners) listener(event)
    expect(await tab.next('event')).toEqual({ type: 'event', event })
    expect(lines.join()).not.toContain('secret')
  })

  test('end with the tab', async () => {
    const { tab } = await enteredTab()
    expect(listeners.size).toBe(1)
    tab.socket.close()
    await expect.poll(() => listeners.size).toBe(0)
  })

  test('a tab that does not read costs bounded memory: it is closed and may come again', async () => {
    const { tab } = await enteredTab()
    tab.socket.pause()
    const topics = Array.from({ length: 2_000 }, (_, index) => `topic-${index}`)
    const before = process.memoryUsage().rss
    for (let round = 0; round < 5_000; round++) {
      for (const listener of listeners) listener({ event: 'cache.changed', payload: { workspaceId, topics } })
      if (round % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    // 5,000 events of 25 KB are 125 MB; a megabyte may wait in the host and a few in the system's buffers.
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024)
    tab.socket.resume()
    expect(await tab.closed).toBe(closeCodes.tooSlow)
  })
})

describe('a fresh link for a second start', () => {
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })

  test('is handed to who has the secret of the data folder, and lets a tab in', async () => {
    const { status, body } = await get(controlPath, bearer(controlSecret), 'POST')
    expect(status).toBe(200)
    const tab = new Tab()
    await tab.say({ type: 'hello', launchToken: new URL(body.trim()).hash.replace('#launch=', '') })
    expect(await tab.next('welcome')).toMatchObject({ type: 'welcome' })
  })

  test.each([
    ['without a secret', () => ({}), 'POST', 401],
    ['with another', () => bearer('other'), 'POST', 401],
    ['by reading', () => bearer(controlSecret), 'GET', 405],
    ['to a page, even ours', () => ({ ...bearer(controlSecret), origin: origin() }), 'POST', 403],
    ['under another name', () => ({ ...bearer(controlSecret), host: 'localhost' }), 'POST', 403],
  ])('is not handed out %s', async (_how, headers, method, status) => {
    const refused = await get(controlPath, headers(), method)
    expect(refused.status).toBe(status)
    expect(refused.body).not.toContain('launch=')
  })
})

describe('the end', () => {
  test('tells the tabs and does not wait for one that sleeps', async () => {
    const { tab } = await enteredTab()
    const sleeping = await enteredTab()
    sleeping.tab.socket.pause()
    const startedAt = performance.now()
    await server.close()
    expect(await tab.closed).toBe(closeCodes.stopping)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  test('a port in use is an error, not a silent other one', async () => {
    const input = {
      port: server.port,
      files: openPageFiles(folder),
      router: createRouter({ call: answer, report: () => {} }),
      subscribe: () => () => {},
      trustedLoopbackOrigins: [],
      controlSecret,
    }
    await expect(startWebServer(input)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
