import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestPlatform } from '../engine/sync/test-platform.ts'
import { type FaultProxy, startFaultProxy } from './proxy.ts'

let platform: TestPlatform
let proxy: FaultProxy

beforeEach(async () => {
  platform = await TestPlatform.start()
  platform.on('POST /echo', ({ body }) => ({ status: 201, headers: { 'x-kept': 'yes' }, body: { body } }))
  platform.serveEvents()
  proxy = await startFaultProxy({ target: platform.url, seed: 7 })
})
afterEach(async () => {
  await proxy.close()
  await platform.close()
})

function post(body: string) {
  return fetch(`${proxy.url}/echo?q=1`, { method: 'POST', body, headers: { authorization: 'Bearer canary-token' } })
}

describe('fault proxy', () => {
  it('passes everything through and records every byte', async () => {
    const answer = await post('canary-body')
    expect(answer.status).toBe(201)
    expect(answer.headers.get('x-kept')).toBe('yes')
    expect(await answer.json()).toEqual({ body: 'canary-body' })
    expect(proxy.requests[0]).toMatchObject({ method: 'POST', path: '/echo?q=1', status: 201 })
    for (const needle of ['POST /echo?q=1 HTTP/1.1', 'canary-token', 'canary-body']) expect(proxy.sent(needle)).toBe(true)
    expect(proxy.sent('never')).toBe(false)
  })

  it('puts its own address in the place of the platform’s in answers, and back in requests, so that pages work through it', async () => {
    platform.on('GET /page', () => ({
      status: 303,
      headers: { location: `${platform.url}/next?from=${platform.url}` },
      body: { url: `${platform.url}/checkout` },
    }))
    const answer = await fetch(`${proxy.url}/page`, { redirect: 'manual', headers: { origin: proxy.url } })
    expect(answer.headers.get('location')).toBe(`${proxy.url}/next?from=${proxy.url}`)
    expect(await answer.json()).toEqual({ url: `${proxy.url}/checkout` })
    expect(platform.called('GET /page')[0]?.headers.origin).toBe(platform.url)
  })

  it('passes an event stream through and cuts it when told', async () => {
    const answer = await fetch(`${proxy.url}/v1/sync/events`)
    const reader = answer.body?.getReader()
    platform.poke('counter')
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('counter')
    proxy.cut()
    await expect(reader?.read()).rejects.toThrow()
  })

  it('loses the chosen share of answers after the platform has acted, the same ones for the same seed', async () => {
    await proxy.setFaults({ kind: 'lose_answer', share: 0.25 })
    const outcomes: boolean[] = []
    for (let index = 0; index < 100; index += 1)
      outcomes.push(
        await post(String(index)).then(
          () => true,
          () => false,
        ),
      )
    const lost = outcomes.filter((arrived) => !arrived).length
    expect(lost).toBeGreaterThan(12)
    expect(lost).toBeLessThan(40)
    expect(platform.called('POST /echo').length).toBeGreaterThanOrEqual(100)
    const again = await startFaultProxy({ target: platform.url, seed: 7, faults: [{ kind: 'lose_answer', share: 0.25 }] })
    const repeated: boolean[] = []
    for (let index = 0; index < 100; index += 1)
      repeated.push(
        await fetch(`${again.url}/echo`, { method: 'POST', body: 'x' }).then(
          () => true,
          () => false,
        ),
      )
    await again.close()
    expect(repeated).toEqual(outcomes)
  })

  it('refuses connections and comes back on the same port', async () => {
    await proxy.setFaults({ kind: 'refuse' })
    await expect(post('x')).rejects.toThrow()
    await proxy.setFaults()
    expect((await post('x')).status).toBe(201)
  })

  it('meets only what a rule matches, and only as often as it says', async () => {
    await proxy.setFaults(
      { kind: 'answer', status: 500, times: 1, match: ({ body }) => body.includes('poison') },
      { kind: 'answer', status: 429, headers: { 'retry-after': '1' }, match: ({ path }) => path === '/other' },
    )
    expect((await post('fine')).status).toBe(201)
    expect((await post('poison')).status).toBe(500)
    expect((await post('poison')).status).toBe(201)
    expect((await fetch(`${proxy.url}/other`)).headers.get('retry-after')).toBe('1')
  })

  it('cuts the request before the platform sees it', async () => {
    await proxy.setFaults({ kind: 'reset_request', times: 1 })
    await expect(post('x')).rejects.toThrow()
    expect(platform.called('POST /echo')).toHaveLength(0)
  })
})
