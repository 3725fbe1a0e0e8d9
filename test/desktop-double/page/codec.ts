export type Codec = { encode(value: unknown): unknown; decode(packed: unknown): unknown }

/**
 * The structured clone as JSON, since DevTools carries text only. It runs in Node and, as source text, inside Chromium: it may use nothing from
 * outside itself.
 */
export function makeCodec(): Codec {
  const views = {
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  }
  const toBase64 = (bytes: Uint8Array): string => {
    let text = ''
    for (let start = 0; start < bytes.length; start += 8192) text += String.fromCharCode(...bytes.subarray(start, start + 8192))
    return btoa(text)
  }
  const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

  function encode(root: unknown): unknown {
    // An object that comes twice, or inside itself, is named by the order in which it came first.
    const seen = new Map<object, number>()
    const pack = (value: unknown): unknown => {
      switch (typeof value) {
        case 'string':
        case 'boolean':
          return value
        case 'undefined':
          return ['undefined']
        case 'number':
          return Number.isFinite(value) && !Object.is(value, -0) ? value : ['number', Object.is(value, -0) ? '-0' : String(value)]
        case 'bigint':
          return ['bigint', String(value)]
        case 'object':
          return value === null ? null : packObject(value)
        default:
          throw new Error('An object could not be cloned.')
      }
    }
    const packObject = (value: object): unknown => {
      const before = seen.get(value)
      if (before !== undefined) return ['again', before]
      seen.set(value, seen.size)
      // A date that is none has NaN for its time, which JSON does not know.
      if (value instanceof Date) return ['date', pack(value.getTime())]
      if (value instanceof RegExp) return ['regexp', value.source, value.flags]
      if (value instanceof Error) return ['error', value.name, value.message, value.stack]
      if (value instanceof Map) return ['map', [...value].map(([key, element]) => [pack(key), pack(element)])]
      if (value instanceof Set) return ['set', [...value].map(pack)]
      if (value instanceof ArrayBuffer) return ['buffer', toBase64(new Uint8Array(value))]
      if (ArrayBuffer.isView(value)) {
        // A Node Buffer arrives as what it is to a page.
        const name = Object.hasOwn(views, value.constructor.name) ? value.constructor.name : 'Uint8Array'
        return ['view', name, toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))]
      }
      if (Array.isArray(value)) return ['array', value.map(pack)]
      return ['object', Object.entries(value).map(([key, element]) => [key, pack(element)])]
    }
    return pack(root)
  }

  function decode(root: unknown): unknown {
    const seen: object[] = []
    const remember = <T extends object>(value: T): T => {
      seen.push(value)
      return value
    }
    const unpack = (packed: unknown): unknown => {
      if (!Array.isArray(packed)) return packed
      const [tag, first, second, third] = packed
      switch (tag) {
        case 'undefined':
          return undefined
        case 'number':
          return Number(first)
        case 'bigint':
          return BigInt(first)
        case 'again':
          return seen[first]
        case 'date':
          return remember(new Date(unpack(first) as number))
        case 'regexp':
          return remember(new RegExp(first, second))
        case 'error':
          return remember(Object.assign(new Error(second), { name: first, stack: third }))
        case 'map': {
          const map = remember(new Map())
          for (const [key, element] of first) map.set(unpack(key), unpack(element))
          return map
        }
        case 'set': {
          const set = remember(new Set())
          for (const element of first) set.add(unpack(element))
          return set
        }
        case 'buffer':
          return remember(fromBase64(first).buffer)
        case 'view':
          return remember(Reflect.construct(views[first as keyof typeof views], [fromBase64(second).buffer]))
        case 'array': {
          const array: unknown[] = remember([])
          for (const element of first) array.push(unpack(element))
          return array
        }
        default: {
          const object = remember({})
          // Defined, not assigned: a key named `__proto__` stays a key.
          for (const [key, element] of first)
            Object.defineProperty(object, key, { value: unpack(element), writable: true, enumerable: true, configurable: true })
          return object
        }
      }
    }
    return unpack(root)
  }

  return { encode, decode }
}
