import { expect, test } from 'vitest'
import { UNLIMITED } from '../../../shared/billing/limit.ts'
import { amountText, quantityText, sizeText } from '../../../shared/billing/quantity-text.ts'
import { unitPriceText } from '../../../shared/billing/unit-price-text.ts'
import { exampleMeter } from './example-catalog.ts'

const branches = exampleMeter({ id: 'branches', singular: 'branch', plural: 'branches' })
const storage = exampleMeter({ id: 'storage', unit: 'bytes', plural: 'bytes' })

test.each([
  [0, 'binary', '0 bytes'],
  [1, 'binary', '1 byte'],
  [1023, 'binary', '1,023 bytes'],
  [1024, 'binary', '1 KiB'],
  [1536, 'binary', '1.5 KiB'],
  [26_214_400, 'binary', '25 MiB'],
  [1_048_575, 'binary', '1 MiB'],
  [150e9, 'decimal', '150 GB'],
  [2e12, 'decimal', '2 TB'],
  [999_999, 'decimal', '1 MB'],
] as const)('%d bytes (%s) are %s', (bytes, byteBase, text) => {
  expect(sizeText(bytes, byteBase)).toBe(text)
})

test('what is used never looks full before it is', () => {
  expect(sizeText(26_214_399, 'binary')).toBe('25 MiB')
  expect(sizeText(26_214_399, 'binary', 'down')).toBe('24.99 MiB')
  expect(sizeText(26_214_400, 'binary', 'down')).toBe('25 MiB')
})

test.each([
  [0, '0 branches'],
  [1, '1 branch'],
  [50_000, '50,000 branches'],
  [UNLIMITED, 'unlimited branches'],
] as const)('%s is %s', (amount, text) => {
  expect(quantityText(branches, amount)).toBe(text)
})

test('minutes are said in hours, and what is used is rounded down', () => {
  const compute = exampleMeter({ id: 'compute', unit: 'minutes', singular: 'minute', plural: 'minutes' })
  expect(quantityText(compute, 30_000)).toBe('500 hours')
  expect(quantityText(compute, 60)).toBe('1 hour')
  expect(quantityText(compute, UNLIMITED)).toBe('unlimited hours')
  expect(amountText(compute, 90)).toBe('1.5')
  expect(amountText(compute, 29_999)).toBe('499.98')
  expect(amountText(compute, 59, 'down')).toBe('0.98')
})

test('a price says what it is for', () => {
  const compute = exampleMeter({ id: 'compute', unit: 'minutes' })
  expect(unitPriceText(compute, { cents: 60, per: 60 }, 'usd')).toBe('$0.60 per hour')
  expect(unitPriceText(branches, { cents: 5, per: 1 }, 'usd')).toBe('$0.05 per branch')
  expect(unitPriceText(branches, { cents: 50, per: 1000 }, 'eur')).toBe('€0.50 per 1,000 branches')
  expect(unitPriceText(storage, { cents: 1, per: 1e9 }, 'usd')).toBe('$0.01 per GB')
})

test('bytes carry their own unit', () => {
  expect(quantityText(storage, 10e9)).toBe('10 GB')
  expect(quantityText(storage, UNLIMITED)).toBe('unlimited bytes')
  expect(amountText(branches, 1234)).toBe('1,234')
  expect(amountText(branches, UNLIMITED)).toBe('unlimited')
})
