import { describe, expect, it } from 'vitest'
import { createWebBridge, knockDelayMs, type LineEvents, type WebBridgeOptions } from '../../../../../renderer/state/bridge/web-bridge.ts'

const tabSecret = 's'.repeat(43)
const launchToken = 't'.repeat(43)

type Connection = { events: LineEvents; sent: Record<string, unknown>[] }

function harness(options: Partial<WebBridgeOptions> = {}) {
  const connections: Connection[] = []
  const states: string[] = []
  const delays: { run: () => void; delayMs: number }[] = []
  const opened: string[] = []
  let secret: string | null = null
  let returns = 0
  const bridge = createWebBridge({
    connect(events) {
      const connection: Connection = { events, sent: [] }
      connections.push(connection)
      return { send: (text) => connection.sent.push(JSON.parse(text)) }
    },
    launchToken,
    secrets: {
      read: () => secret,
      write: (value) => {
        secret = value
      },
      forget: () => {
        secret = null
      },
    },
    onState: (state) => states.push(state),
    onReturn: () => {
      returns += 1
    },
    openTab: (url) => {
      opened.push(url)
      return true
    },
    now: () => 0,
    random: () => 0,
    later: (run, delayMs) => delays.push({ run, delayMs }),
    ...options,
  })
  const last = (): Connection => {
    const connection = connections.at(-1)
    if (!connection) throw new Error('never connected')
    return connection
  }
  const say = (message: unknown): void => last().events.received(JSON.stringify(message))
  const welcome = (): void => {
    last().events.opened()
    say({ type: 'welcome', tabSecret, trustedLoopbackOrigins: ['http://127.0.0.1:8787'] })
  }
  return { bridge, connections, states, delays, opened, last, say, welcome, secret: () => secret, returns: () => returns }
}

describe('the bridge over a socket', () => {
  it('says hello with the launch token, keeps the tab secret, and sends nothing before the welcome', async () => {
    const { bridge, last, welcome, say, secret } = harness()
    const answer = bridge.call('vault.status', {})
    last().events.opened()
    expect(last().sent).toEqual([{ type: 'hello', launchToken }])
    welcome()
    expect(secret()).toBe(tabSecret)
    expect(last().sent.at(-1)).toEqual({ type: 'call', id: 0, name: 'vault.status', input: {} })
    say({ type: 'answer', id: 0, result: { ok: true, value: { state: 'empty' } } })
    expect(await answer).toEqual({ ok: true, value: { state: 'empty' } })
  })

  it('gives each answer to its own call, whatever their order', async () => {
    const { bridge, welcome, say } = harness()
    welcome()
    const first = bridge.call('workspaces.list', {})
    const second = bridge.call('backups.list', {})
    say({ type: 'answer', id: 1, result: { ok: true, value: 'second' } })
    say({ type: 'answer', id: 0, result: { ok: true, value: 'first' } })
    expect(await first).toEqual({ ok: true, value: 'first' })
    expect(await second).toEqual({ ok: true, value: 'second' })
  })

  it('ends pending calls with an error when the line is lost, refuses new ones, and comes back with the tab secret', async () => {
    const { bridge, welcome, last, delays, states, connections, returns } = harness()
    welcome()
    const pending = bridge.call('workspaces.list', {})
    last().events.closed(1006)
    expect(await pending).toMatchObject({ ok: false, error: { code: 'engine_lost' } })
    expect(await bridge.call('workspaces.list', {})).toMatchObject({ ok: false, error: { code: 'engine_lost' } })
    expect(states).toEqual(['ready', 'lost'])
    delays[0]?.run()
    expect(connections).toHaveLength(2)
    last().events.opened()
    expect(last().sent[0]).toEqual({ type: 'hello', tabSecret })
    welcome()
    expect(states.at(-1)).toBe('ready')
    expect(returns()).toBe(1)
  })

  it('gives up when the host refuses the secret, and forgets it', async () => {
    const { bridge, welcome, last, delays, states, secret } = harness()
    welcome()
    last().events.closed(4401)
    expect(states.at(-1)).toBe('refused')
    expect(secret()).toBeNull()
    expect(delays).toHaveLength(0)
    expect(await bridge.call('workspaces.list', {})).toMatchObject({ ok: false })
  })

  it('does not knock at all without a token or a secret', () => {
    const { connections, states } = harness({ launchToken: null })
    expect(connections).toHaveLength(0)
    expect(states).toEqual(['refused'])
  })

  it('ignores what is not of the contract, but ends the call that an unreadable answer was for', async () => {
    const { bridge, welcome, say, last } = harness()
    welcome()
    const answer = bridge.call('workspaces.list', {})
    last().events.received('<html>')
    last().events.received(new ArrayBuffer(4))
    say({ type: 'shutdown' })
    say({ type: 'answer', id: 0, result: 'yes' })
    expect(await answer).toMatchObject({ ok: false, error: { code: 'invalid_answer' } })
  })

  it('hands events to listeners until they unsubscribe', () => {
    const { bridge, welcome, say } = harness()
    welcome()
    const heard: string[] = []
    const stop = bridge.subscribe((event) => heard.push(event.event))
    say({ type: 'event', event: { event: 'workspaces.changed', payload: {} } })
    stop()
    say({ type: 'event', event: { event: 'workspaces.changed', payload: {} } })
    expect(heard).toEqual(['workspaces.changed'])
  })

  it('opens payment pages and the trusted sandbox, and nothing else', async () => {
    const { bridge, welcome, opened } = harness()
    welcome()
    expect(await bridge.openExternal('https://sandbox.polar.sh/checkout/1')).toMatchObject({ ok: true })
    expect(await bridge.openExternal('http://127.0.0.1:8787/polar/checkout/1')).toMatchObject({ ok: true })
    for (const url of ['javascript:alert(1)', 'https://polar.sh.evil.example/', 'http://127.0.0.1:9999/', 'file:///etc/passwd']) {
      expect(await bridge.openExternal(url)).toMatchObject({ ok: false, error: { code: 'url_not_allowed' } })
    }
    expect(opened).toHaveLength(2)
  })

  it('says when the browser blocked the tab', async () => {
    const { bridge, welcome } = harness({ openTab: () => false })
    welcome()
    expect(await bridge.openExternal('https://polar.sh/')).toMatchObject({ ok: false, error: { code: 'popup_blocked' } })
  })
})

describe('knockDelayMs', () => {
  it('doubles up to ten seconds and takes at most half off at random', () => {
    expect([0, 1, 2, 20].map((attempt) => knockDelayMs(attempt, () => 0))).toEqual([250, 500, 1000, 10_000])
    expect(knockDelayMs(20, () => 1)).toBe(5000)
  })
})
