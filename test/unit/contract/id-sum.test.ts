import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addToIdSum, EMPTY_ID_SUM, takeFromIdSum } from '../../../shared/contract/id-sum.ts'

const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex')
const ids = fc.uniqueArray(fc.uuid(), { maxLength: 40 })

test('the same ids make the same sum, in whatever order and in whatever pieces', () => {
  fc.assert(
    fc.property(ids, fc.nat(40), (list, cut) => {
      const hashes = list.map(hashOf)
      const whole = addToIdSum(EMPTY_ID_SUM, hashes)
      expect(whole).toMatch(/^[0-9a-f]{64}$/)
      expect(addToIdSum(addToIdSum(EMPTY_ID_SUM, hashes.slice(cut).reverse()), hashes.slice(0, cut))).toBe(whole)
    }),
  )
})

test('what is taken out again leaves no trace, below zero too', () => {
  fc.assert(
    fc.property(ids, ids, (kept, taken) => {
      const sum = addToIdSum(EMPTY_ID_SUM, kept.map(hashOf))
      expect(addToIdSum(takeFromIdSum(sum, taken.map(hashOf)), taken.map(hashOf))).toBe(sum)
    }),
  )
})

test('it is a sum modulo 2^256', () => {
  const highest = 'f'.repeat(64)
  expect(addToIdSum(highest, [`${'0'.repeat(63)}1`])).toBe(EMPTY_ID_SUM)
  expect(takeFromIdSum(EMPTY_ID_SUM, [`${'0'.repeat(63)}1`])).toBe(highest)
})
