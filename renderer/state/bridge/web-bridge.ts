/**
 * The bridge of a page in a browser: calls and events over one WebSocket to the host that served it. It knocks
 * again when the line is lost; a call that was under way then answers an error, because whether the engine
 * carried it out is not known here (the engine's own state, read again after the return, tells).
 */
import type { Bridge, CallInput, CallName, CallOutput, ConsoleError, ConsoleEvent, Result } from '../../../shared/contract/console.ts'
import { openableAddress } from '../../../shared/contract/external-url.ts'
import type { Hello } from '../../../shared/contract/web-socket.ts'
import { bridgePath, closeCodes } from '../../../shared/contract/web-socket-line.ts'
import { readHostMessage } from './host-message.ts'

/** The part of a WebSocket that is used here; tests bring their own. */
export type Line = { send(text: string): void }
export type LineEvents = { opened: () => void; received: (data: unknown) => void; closed: (code: number) => void }

export type WebBridgeOptions = {
  /** Begins to connect; the events come later, never from within this call. */
  connect: (events: LineEvents) => Line
  /** Single use, from the page's address; null after a reload. */
  launchToken: string | null
  secrets: { read(): string | null; write(secret: string): void; forget(): void }
  onState: (state: 'ready' | 'lost' | 'refused', retryAt: number | null) => void
  /** After every welcome but the first: what was shown may be old. */
  onReturn: () => void
  /** Opens a page in a new tab; false when the browser blocked it. */
  openTab: (url: string) => boolean
  now: () => number
  random: () => number
  later: (run: () => void, delayMs: number) => void
}

const firstDelayMs = 250
const longestDelayMs = 10_000

/** Pure: how long to wait before knock number `attempt` (from 0), with up to half of it taken off at random. */
export function knockDelayMs(attempt: number, random: () => number): number {
  const full = Math.min(longestDelayMs, firstDelayMs * 2 ** attempt)
  return Math.round(full * (1 - random() / 2))
}

const lost: ConsoleError = {
  code: 'engine_lost',
  message: 'The console lost its engine before the answer came.',
  suggestion: 'Nothing that was written is lost. Wait until it is back, look at the result, then try again.',
}
export function createWebBridge(options: WebBridgeOptions): Bridge {
  const waiting = new Map<number, (result: Result<never>) => void>()
  const listeners = new Set<(event: ConsoleEvent) => void>()
  const unsent: string[] = []
  let launchToken = options.launchToken
  let line: Line | null = null
  let welcomed = false
  let everWelcomed = false
  let gaveUp = false
  let nextId = 0
  let attempt = 0
  let trustedLoopbackOrigins: readonly string[] = []

  function greeting(): Hello | null {
    if (launchToken) return { type: 'hello', launchToken }
    const tabSecret = options.secrets.read()
    return tabSecret ? { type: 'hello', tabSecret } : null
  }

  function open(): void {
    const hello = greeting()
    if (!hello) return refuse()
    const opened: Line = options.connect({
      opened: () => opened.send(JSON.stringify(hello)),
      received: receive,
      closed: (code) => closed(opened, code),
    })
    line = opened
  }

  function refuse(): void {
    gaveUp = true
    options.secrets.forget()
    answerAll({
      code: 'not_let_in',
      message: 'This tab is not connected to a running console.',
      suggestion: 'Open the link that the console printed when it started.',
    })
    options.onState('refused', null)
  }

  function closed(which: Line, code: number): void {
    if (line !== which) return
    line = null
    welcomed = false
    if (code === closeCodes.refused) return refuse()
    answerAll(lost)
    const delayMs = knockDelayMs(attempt, options.random)
    attempt += 1
    options.onState('lost', options.now() + delayMs)
    options.later(open, delayMs)
  }

  function receive(data: unknown): void {
    const message = readHostMessage(data)
    if (message === null) return
    if (message.type === 'welcome') return welcome(message.tabSecret, message.trustedLoopbackOrigins)
    if (message.type === 'event') {
      for (const listener of listeners) listener(message.event as ConsoleEvent)
      return
    }
    const settle = waiting.get(message.id)
    waiting.delete(message.id)
    settle?.(message.result as Result<never>)
  }

  function welcome(tabSecret: string, origins: readonly string[]): void {
    launchToken = null
    trustedLoopbackOrigins = origins
    welcomed = true
    attempt = 0
    for (const text of unsent.splice(0)) line?.send(text)
    // The first touch of a tab's storage waits for the browser: the questions go first.
    options.secrets.write(tabSecret)
    options.onState('ready', null)
    if (everWelcomed) options.onReturn()
    everWelcomed = true
  }

  function answerAll(error: ConsoleError): void {
    unsent.length = 0
    for (const [id, settle] of waiting) {
      waiting.delete(id)
      settle({ ok: false, error })
    }
  }

  open()

  return {
    host: 'web',
    call<N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>>> {
      if (gaveUp || (everWelcomed && !welcomed)) return Promise.resolve({ ok: false, error: lost })
      const id = nextId
      nextId += 1
      const text = JSON.stringify({ type: 'call', id, name, input })
      return new Promise((resolve) => {
        waiting.set(id, resolve)
        if (welcomed) line?.send(text)
        else unsent.push(text)
      })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async openExternal(url) {
      const address = openableAddress(url, trustedLoopbackOrigins)
      if (address === null)
        return {
          ok: false,
          error: {
            code: 'url_not_allowed',
            message: 'The platform named a page that the console does not open.',
            suggestion: 'Tell whoever runs the platform: payment pages must be on polar.sh.',
          },
        }
      if (!options.openTab(address))
        return { ok: false, error: { code: 'popup_blocked', message: 'The browser did not open the page by itself.', suggestion: 'Use the link instead.' } }
      return { ok: true, value: {} }
    },
  }
}

/** The real browser's parts, for `createWebBridge`. */
export function browserParts(): Pick<WebBridgeOptions, 'connect' | 'secrets' | 'openTab' | 'now' | 'random' | 'later'> {
  const key = 'tidemark.tab'
  return {
    connect(events) {
      const socket = new WebSocket(`ws://${window.location.host}${bridgePath}`)
      socket.addEventListener('open', events.opened)
      socket.addEventListener('message', (message) => events.received(message.data))
      socket.addEventListener('close', (event) => events.closed(event.code))
      return socket
    },
    secrets: {
      read: () => window.sessionStorage.getItem(key),
      write: (secret) => window.sessionStorage.setItem(key, secret),
      forget: () => window.sessionStorage.removeItem(key),
    },
    openTab(url) {
      const tab = window.open(url)
      if (!tab) return false
      // "noopener" in the features would hide whether the tab was blocked. Cut here it is in time: the page has not loaded yet.
      tab.opener = null
      return true
    },
    now: Date.now,
    random: Math.random,
    later: (run, delayMs) => void window.setTimeout(run, delayMs),
  }
}
