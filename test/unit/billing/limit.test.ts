import { expect, test } from 'vitest'
import {
  compareLimits,
  fitsUnder,
  limitFromNullable,
  limitFromWire,
  limitToNullable,
  limitToWire,
  raiseLimit,
  remainingOf,
  UNLIMITED,
} from '../../../shared/billing/limit.ts'

test('-1 on the wire and null at the bridge are unlimited, both ways', () => {
  expect(limitFromWire(-1)).toBe(UNLIMITED)
  expect(limitToWire(UNLIMITED)).toBe(-1)
  expect(limitFromNullable(null)).toBe(UNLIMITED)
  expect(limitToNullable(UNLIMITED)).toBeNull()
  expect([limitFromWire(0), limitToWire(0), limitFromNullable(7), limitToNullable(7)]).toEqual([0, 0, 7, 7])
})

test.each([-2, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is not a limit', (wrong) => {
  expect(() => limitFromWire(wrong)).toThrow(RangeError)
  expect(() => limitFromNullable(wrong)).toThrow(RangeError)
})

test('-1 is unlimited on the wire only', () => {
  expect(() => limitFromNullable(-1)).toThrow(RangeError)
})

test('what fits: up to the limit and not one more', () => {
  expect(fitsUnder(5, 4, 1)).toBe(true)
  expect(fitsUnder(5, 5, 1)).toBe(false)
  expect(fitsUnder(5, 4, 2)).toBe(false)
  expect(fitsUnder(UNLIMITED, 1e15, 1)).toBe(true)
  expect(fitsUnder(0, 0, 1)).toBe(false)
})

test('nothing requested fits even where use is over the limit', () => {
  expect(fitsUnder(5, 9, 0)).toBe(true)
})

test('remaining is never negative', () => {
  expect(remainingOf(5, 9)).toBe(0)
  expect(remainingOf(5, 2)).toBe(3)
  expect(remainingOf(UNLIMITED, 9)).toBe(UNLIMITED)
})

test('unlimited is above every number and cannot be raised', () => {
  expect(
    [5, UNLIMITED, 0, UNLIMITED].toSorted((left, right) =>
      compareLimits(left === UNLIMITED ? UNLIMITED : Number(left), right === UNLIMITED ? UNLIMITED : Number(right)),
    ),
  ).toEqual([0, 5, UNLIMITED, UNLIMITED])
  expect(raiseLimit(UNLIMITED, 5)).toBe(UNLIMITED)
  expect(raiseLimit(1, 5)).toBe(6)
})
