import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeCodec } from '../../desktop-double/page/codec.ts'

const { encode, decode } = makeCodec()
const throughText = (value: unknown): unknown => decode(JSON.parse(JSON.stringify(encode(value))))

test('what comes out is what a structured clone makes', () => {
  const value = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true })
  fc.assert(
    fc.property(value, (made) => {
      expect(throughText(made)).toEqual(structuredClone(made))
    }),
  )
})

test('a date that is none stays none', () => {
  expect(throughText([new Date(Number.NaN), new Date(0)])).toEqual([new Date(Number.NaN), new Date(0)])
})

test('an object that comes twice, or inside itself, comes out as one', () => {
  const shared = { name: 'shared' }
  const cyclic: { left: object; right: object; self?: object; map: Map<object, object> } = { left: shared, right: shared, map: new Map() }
  cyclic.self = cyclic
  cyclic.map.set(shared, cyclic)
  const copy = throughText(cyclic) as typeof cyclic
  expect(copy.left).toBe(copy.right)
  expect(copy.self).toBe(copy)
  expect(copy.map.get(copy.left)).toBe(copy)
})

test('a key named like the prototype stays a key', () => {
  const copy = throughText(JSON.parse('{"__proto__": {"polluted": true}}')) as Record<string, unknown>
  expect(Object.hasOwn(copy, '__proto__')).toBe(true)
  expect(copy.polluted).toBeUndefined()
})

test('functions and symbols are refused', () => {
  expect(() => encode({ call: () => {} })).toThrow('An object could not be cloned.')
  expect(() => encode([Symbol('x')])).toThrow('An object could not be cloned.')
})
