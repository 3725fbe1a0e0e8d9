import { EventEmitter } from 'node:events'

/** Asked of everything by promises, by `JSON.stringify` and by inspectors; their answer is `undefined` in Electron too. */
const askedOfEverything = new Set<string | symbol>(['then', 'toJSON'])

/**
 * Electron has much more than this stand-in. What is not here says so by name; an `undefined` would go unnoticed, or fail far from its cause.
 * The guard stands behind the known members, so that a test may replace any of them as it would in Electron.
 */
export function refuseUnknown<T extends object>(name: string, known: T): T {
  const prototype: unknown = Object.getPrototypeOf(known)
  const target = typeof prototype === 'object' && prototype !== null ? prototype : {}
  Object.setPrototypeOf(
    known,
    guarded(target, () => name),
  )
  return known
}

/** Base of everything that has events: instances and classes refuse what they do not know, by their class's name. */
export class Surface extends EventEmitter {}

Object.setPrototypeOf(
  Surface.prototype,
  guarded(EventEmitter.prototype, (receiver) => (receiver instanceof Surface ? receiver.constructor.name : 'Electron')),
)
Object.setPrototypeOf(
  Surface,
  guarded(EventEmitter, (receiver) => (typeof receiver === 'function' ? receiver.name : 'Electron')),
)

function guarded<T extends object>(target: T, nameOf: (receiver: unknown) => string): T {
  return new Proxy(target, {
    get(known, key, receiver) {
      if (typeof key === 'symbol' || key in known || askedOfEverything.has(key)) return Reflect.get(known, key, receiver)
      throw new Error(`electron double: ${nameOf(receiver)}.${key} is not there; add it to test/desktop-double if the product needs it`)
    },
  })
}
