import type { makeContextBridge } from './context-bridge.ts'

export type MainWorldInput = {
  /** Name of the event that hands over the private port. Random, and gone before the page's first script. */
  hello: string
  schemes: string[]
  mappedSuffix: string
}
type Host = { ask(kind: string, what: object): Promise<unknown> }

/**
 * Prepares the page's own world before its first script: takes over what the preload exposes, and turns what Chromium would decide by itself
 * (new windows, permissions, links to a custom scheme) into questions to the main process. It runs as source text inside Chromium and may use nothing
 * from outside itself.
 */
export function mainWorld(input: MainWorldInput, makeBridge: typeof makeContextBridge): void {
  if (window !== window.top) return

  // A link to app://… becomes the mapped address before Chromium can hand it to another program. The navigation itself is decided elsewhere.
  navigation.addEventListener('navigate', (event) => {
    const { protocol, host, pathname, search, hash } = new URL(event.destination.url)
    const scheme = protocol.slice(0, -1)
    if (!event.cancelable || !input.schemes.includes(scheme)) return
    event.preventDefault()
    window.location.assign(`https://${host || '_'}.${scheme}.${input.mappedSuffix}${pathname || '/'}${search}${hash}`)
  })

  const freezeDeep = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    Object.freeze(value)
    for (const element of Object.values(value)) freezeDeep(element)
    return value
  }

  const takePort = (event: Event): void => {
    event.stopImmediatePropagation()
    window.removeEventListener(input.hello, takePort, true)
    const port = (event as MouseEvent).relatedTarget
    if (port === null) return
    const bridge = makeBridge(port, 'main')
    let host: Host | null = null
    bridge.listen<{ key: string | null; value: Parameters<typeof bridge.unpack>[0] }>('expose', ({ key, value }) => {
      if (key === null) {
        host = bridge.unpack(value) as Host
      } else if (key in window) {
        const message = 'Cannot bind an API on top of an existing property on the window object'
        bridge.post('answer', { ok: false, value: { kind: 'error', message } })
      } else {
        Object.defineProperty(window, key, { value: freezeDeep(bridge.unpack(value)), writable: false, configurable: false, enumerable: true })
        bridge.post('answer', { ok: true, value: { kind: 'value' } })
      }
    })
    askInsteadOfDeciding((kind, what) => host?.ask(kind, what) ?? Promise.resolve(null))
  }
  window.addEventListener(input.hello, takePort, true)

  /** Chromium's own call follows each answer: by then its state agrees with what the application decided. */
  function askInsteadOfDeciding(ask: Host['ask']): void {
    // The page always gets null: a pop-up that is allowed is not modelled.
    window.open = (url, name, features) => {
      void ask('open', { url: new URL(String(url ?? ''), document.baseURI).href, frameName: name ?? '', features: features ?? '' })
      return null
    }
    type AnyFunction = (this: unknown, ...args: unknown[]) => unknown
    const before = (owner: object | undefined, method: string, question: (...args: unknown[]) => [string, object]): void => {
      const original: unknown = owner === undefined ? undefined : Reflect.get(owner, method)
      if (owner === undefined || typeof original !== 'function') return
      const asking: AnyFunction = async function (...args) {
        await ask(...question(...args))
        return Reflect.apply(original, this, args)
      }
      Reflect.set(owner, method, asking)
    }
    const request = (permission: string, more: object = {}): [string, object] => ['permission-request', { permission, ...more }]
    const has = (value: unknown, key: string): boolean => typeof value === 'object' && value !== null && Boolean(Reflect.get(value, key))
    before(window.Notification, 'requestPermission', () => request('notifications'))
    before(window.MediaDevices?.prototype, 'getUserMedia', (constraints) =>
      request('media', { mediaTypes: (['audio', 'video'] as const).filter((type) => has(constraints, type)) }),
    )
    before(window.Clipboard?.prototype, 'read', () => request('clipboard-read'))
    before(window.Clipboard?.prototype, 'write', () => request('clipboard-sanitized-write'))
    before(window.Clipboard?.prototype, 'writeText', () => request('clipboard-sanitized-write'))
    before(window.Clipboard?.prototype, 'readText', () => request('clipboard-read'))
    for (const method of ['getCurrentPosition', 'watchPosition']) before(window.Geolocation?.prototype, method, () => request('geolocation'))
    before(window.Permissions?.prototype, 'query', (descriptor) => {
      const name: unknown = typeof descriptor === 'object' && descriptor !== null && 'name' in descriptor ? descriptor.name : ''
      return [
        'permission-check',
        { permission: name === 'microphone' || name === 'camera' ? 'media' : name === 'clipboard-write' ? 'clipboard-sanitized-write' : name },
      ]
    })
  }
}
