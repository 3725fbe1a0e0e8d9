type Packed =
  | { kind: 'value'; value?: unknown }
  | { kind: 'error'; message: string }
  | { kind: 'array'; elements: Packed[] }
  | { kind: 'object'; entries: [string, Packed][] }
  | { kind: 'function'; id: number }
  | { kind: 'own-function'; id: number }
  | { kind: 'promise'; id: number }
type Verdict = { ok: boolean; value: Packed }
type AnyFunction = (...args: unknown[]) => unknown

export type ContextBridge = {
  pack(value: unknown): Packed
  unpack(packed: Packed): unknown
  post(kind: string, detail: unknown): void
  listen<T>(kind: string, listener: (detail: T) => void): void
}

/**
 * The rules of Electron's `contextBridge` over a private, synchronous event target that both worlds of a page hold: functions become proxies, promises
 * stay promises, prototypes never cross (Blink itself clones the `detail` of an event between worlds), errors keep only their message. It runs as source
 * text inside Chromium and may use nothing from outside itself.
 */
export function makeContextBridge(port: EventTarget, side: 'main' | 'isolated'): ContextBridge {
  const other = side === 'main' ? 'isolated' : 'main'
  const functions: AnyFunction[] = []
  const idsOfMine = new Map<unknown, number>()
  const idsOfTheirs = new Map<unknown, number>()
  const promises = new Map<number, PromiseWithResolvers<unknown>>()
  let lastPromise = 0
  let answer: Verdict | null = null
  // Kept, since the page may replace its own.
  const PageEvent = CustomEvent
  const dispatch = port.dispatchEvent.bind(port)

  const post = (kind: string, detail: unknown): void => void dispatch(new PageEvent(`${other}:${kind}`, { detail }))
  const listen = <T>(kind: string, listener: (detail: T) => void): void =>
    port.addEventListener(`${side}:${kind}`, (event) => listener((event as CustomEvent<T>).detail))
  const uncloneable = (): Error => new Error('An object could not be cloned.')

  const pack = (value: unknown, depth = 0): Packed => {
    if (depth > 1000) throw new Error('Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.')
    if (typeof value === 'function') return packFunction(value as AnyFunction)
    if (typeof value === 'symbol') throw uncloneable()
    if (value === null || typeof value !== 'object') return { kind: 'value', value }
    if (value instanceof Promise) return packPromise(value)
    if (value instanceof Error) return { kind: 'error', message: value.message }
    if (Array.isArray(value)) return { kind: 'array', elements: value.map((element) => pack(element, depth + 1)) }
    if (/Map|Set|Date|RegExp|ArrayBuffer|Array\]|DataView|Blob|File|Image|Frame/.test(Object.prototype.toString.call(value))) {
      try {
        structuredClone(value)
      } catch {
        throw uncloneable()
      }
      return { kind: 'value', value }
    }
    return { kind: 'object', entries: Object.entries(value).map(([key, element]) => [key, pack(element, depth + 1)]) }
  }
  const packFunction = (value: AnyFunction): Packed => {
    const theirs = idsOfTheirs.get(value)
    if (theirs !== undefined) return { kind: 'own-function', id: theirs }
    const known = idsOfMine.get(value)
    if (known !== undefined) return { kind: 'function', id: known }
    const id = functions.push(value) - 1
    idsOfMine.set(value, id)
    return { kind: 'function', id }
  }
  const packPromise = (value: Promise<unknown>): Packed => {
    lastPromise += 1
    const id = lastPromise
    const settle = (ok: boolean, result: unknown): void => post('settle', { id, ok, value: pack(result) })
    value
      .then(
        (result) => settle(true, result),
        (error) => settle(false, error),
      )
      .catch((error) => settle(false, error))
    return { kind: 'promise', id }
  }

  const unpack = (packed: Packed | null | undefined): unknown => {
    if (packed === null || packed === undefined) throw uncloneable()
    switch (packed.kind) {
      case 'value':
        return packed.value
      case 'error':
        return new Error(packed.message)
      case 'array':
        return packed.elements.map(unpack)
      case 'own-function':
        return functions[packed.id]
      case 'promise': {
        const promise = Promise.withResolvers<unknown>()
        promises.set(packed.id, promise)
        return promise.promise
      }
      case 'function':
        return proxyOf(packed.id)
      default: {
        const object: Record<string, unknown> = {}
        for (const [key, element] of packed.entries) object[key] = unpack(element)
        return object
      }
    }
  }
  const proxyOf = (id: number): unknown => {
    for (const [proxy, known] of idsOfTheirs) if (known === id) return proxy
    const proxy = (...args: unknown[]): unknown => {
      answer = null
      post('call', { id, args: args.map((argument) => pack(argument)) })
      const verdict = answer as Verdict | null
      answer = null
      if (verdict === null) throw new Error('The other world of this page is gone')
      if (!verdict.ok) throw unpack(verdict.value)
      return unpack(verdict.value)
    }
    idsOfTheirs.set(proxy, id)
    return proxy
  }

  listen<Verdict>('answer', (verdict) => {
    answer = verdict
  })
  listen<Verdict & { id: number }>('settle', ({ id, ok, value }) => {
    const promise = promises.get(id)
    promises.delete(id)
    try {
      const result = unpack(value)
      if (ok) promise?.resolve(result)
      else promise?.reject(result)
    } catch (error) {
      promise?.reject(error)
    }
  })
  listen<{ id: number; args: Packed[] }>('call', ({ id, args }) => {
    let verdict: Verdict
    try {
      const called = functions[id]
      if (called === undefined) throw new Error('There is no such function')
      verdict = { ok: true, value: pack(called(...args.map(unpack))) }
    } catch (error) {
      const unknown = 'An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.'
      verdict = { ok: false, value: { kind: 'error', message: error instanceof Error ? error.message : unknown } }
    }
    post('answer', verdict)
  })
  return { pack: (value) => pack(value), unpack, post, listen }
}
