import { expect, test } from 'vitest'
import { UNLIMITED } from '../../../shared/billing/limit.ts'
import { amountText, quantityText, sizeText } from '../../../shared/billing/quantity-text.ts'
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

test('bytes carry their own unit', () => {
  expect(quantityText(storage, 10e9)).toBe('10 GB')
  expect(quantityText(storage, UNLIMITED)).toBe('unlimited bytes')
  expect(amountText(branches, 1234)).toBe('1,234')
  expect(amountText(branches, UNLIMITED)).toBe('unlimited')
})
