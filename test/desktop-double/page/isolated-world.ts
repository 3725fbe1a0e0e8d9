import type { Codec } from './codec.ts'
import type { makeContextBridge } from './context-bridge.ts'

export type Preload = (
  require: (name: string) => unknown,
  process: object,
  buffer: undefined,
  global: object,
  setImmediate: (run: () => void) => unknown,
  clearImmediate: (id: number) => void,
  exports: object,
  module: object,
) => void

/** From this world to the main process. */
export type FromPage =
  | { kind: 'invoke'; channel: string; args: unknown; id: number }
  | { kind: 'send'; channel: string; args: unknown }
  | { kind: 'open'; what: { url: string; frameName: string; features: string }; id: number }
  | { kind: 'permission-request' | 'permission-check'; what: { permission: string; mediaTypes?: ('audio' | 'video')[] }; id: number }
  | { kind: 'preload-error'; message: string; stack: string }
/** And back. */
export type ToPage = { kind: 'answer'; id: number; ok: boolean; value: unknown } | { kind: 'message'; channel: string; args: unknown }

export type IsolatedWorldInput = {
  hello: string
  /** Names of the functions through which this world and the main process talk; no other world sees them. */
  bindingName: string
  takeName: string
  platform: string
  additionalArguments: string[]
}

/**
 * What a sandboxed preload finds: the few modules that Electron lets it load, and nothing of Node. It runs as source text inside Chromium, in a world of
 * its own, and may use nothing from outside itself.
 */
export function isolatedWorld(input: IsolatedWorldInput, makeBridge: typeof makeContextBridge, codec: Codec, preload: Preload | null): void {
  if (window !== window.top) return
  const binding: unknown = Reflect.get(globalThis, input.bindingName)
  Reflect.deleteProperty(globalThis, input.bindingName)
  const post = (message: object): void => {
    if (typeof binding === 'function') binding(JSON.stringify(message))
  }
  const port = new EventTarget()
  const bridge = makeBridge(port, 'isolated')
  window.dispatchEvent(new MouseEvent(input.hello, { relatedTarget: port }))

  let lastId = 0
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const ask = (message: object): Promise<unknown> => {
    lastId += 1
    const answer = Promise.withResolvers<unknown>()
    waiting.set(lastId, answer)
    post({ ...message, id: lastId })
    return answer.promise
  }
  const pack = (args: unknown[]): unknown => {
    try {
      return codec.encode(structuredClone(args))
    } catch {
      throw new Error('An object could not be cloned.')
    }
  }
  const named = <T extends object>(name: string, known: T): T =>
    new Proxy(known, {
      get(target, key, receiver) {
        if (typeof key === 'symbol' || key in target || key === 'then' || key === 'toJSON') return Reflect.get(target, key, receiver)
        throw new Error(`electron double: ${name}.${key} is not there; add it to test/desktop-double if the product needs it`)
      },
    })

  type Listener = (event: object, ...args: unknown[]) => void
  const listeners = new Map<string, Listener[]>()
  // Methods of a prototype: when it is exposed as it is, nothing of it reaches the page, as in Electron.
  class IpcRenderer {
    async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
      const packed = pack(args)
      try {
        return await ask({ kind: 'invoke', channel, args: packed })
      } catch (error) {
        throw new Error(`Error invoking remote method '${channel}': ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    send(channel: string, ...args: unknown[]): void {
      post({ kind: 'send', channel, args: pack(args) })
    }
    on(channel: string, listener: Listener): this {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
      return this
    }
    off(channel: string, listener: Listener): this {
      const known = listeners.get(channel) ?? []
      const index = known.lastIndexOf(listener)
      if (index !== -1) listeners.set(channel, known.toSpliced(index, 1))
      return this
    }
  }
  const ipcRenderer = named('ipcRenderer', new IpcRenderer())
  Reflect.set(globalThis, input.takeName, (message: ToPage) => {
    if (message.kind === 'message') {
      const args = codec.decode(message.args) as unknown[]
      for (const listener of listeners.get(message.channel) ?? []) listener({ sender: ipcRenderer, ports: [] }, ...args)
      return
    }
    const answer = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.ok) answer?.resolve(codec.decode(message.value))
    else answer?.reject(new Error(String(message.value)))
  })

  let verdict: { ok: boolean; value: Parameters<typeof bridge.unpack>[0] } | null = null
  bridge.listen<NonNullable<typeof verdict>>('answer', (given) => {
    verdict = given
  })
  const expose = (key: string | null, api: unknown): void => {
    verdict = null
    bridge.post('expose', { key, value: bridge.pack(api) })
    const given = verdict as { ok: boolean; value: Parameters<typeof bridge.unpack>[0] } | null
    if (given?.ok === false) throw bridge.unpack(given.value)
  }
  expose(null, { ask: (kind: string, what: unknown) => ask({ kind, what }) })

  const contextBridge = named('contextBridge', { exposeInMainWorld: (key: string, api: unknown) => expose(key, api) })
  const electron = named('electron', { ipcRenderer, contextBridge })
  // "Preload scripts: sandboxed" in Electron's documentation names the modules; `events` is among them and nobody here asks for it.
  const modules = new Map<string, object>([
    ['electron', electron],
    ['electron/renderer', electron],
    ['timers', { setTimeout, setInterval, clearTimeout, clearInterval }],
    ['url', { URL, URLSearchParams }],
  ])
  const require = (name: string): unknown => {
    const found = modules.get(name.replace(/^node:/, ''))
    if (found === undefined) throw new Error(`module not found: ${name}`)
    return found
  }
  const process = {
    type: 'renderer',
    sandboxed: true,
    contextIsolated: true,
    platform: input.platform,
    argv: input.additionalArguments,
    env: {},
    versions: { chrome: /Chrome\/(\S+)/.exec(navigator.userAgent)?.[1] },
  }
  const module = { exports: {} }
  try {
    preload?.(require, process, undefined, globalThis, (run) => setTimeout(run), clearTimeout, module.exports, module)
  } catch (error) {
    const [message, stack] = error instanceof Error ? [error.message, error.stack ?? ''] : [String(error), '']
    post({ kind: 'preload-error', message, stack })
    console.error('Unable to load preload script', error)
  }
}
