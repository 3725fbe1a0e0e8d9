import { expect, test } from 'vitest'
import { cardWords, tryCard } from '../../../../main/sandbox/polar/embedded/cards.ts'

const NOW = Date.UTC(2026, 10, 21)
const good = { number: '4242 4242 4242 4242', expiry: '12/30', cvc: '123' }

test('the test cards pay and are declined, spaces or not', () => {
  expect(tryCard(good, NOW)).toEqual({ kind: 'accepted', card: { brand: 'visa', last4: '4242' } })
  expect(tryCard({ ...good, number: '4242-4242-4242-4242', expiry: '12 / 2030' }, NOW).kind).toBe('accepted')
  expect(tryCard({ ...good, number: '4000000000000002' }, NOW)).toMatchObject({ kind: 'declined', reason: 'generic_decline', card: { last4: '0002' } })
})

test('a real card never seems to work', () => {
  expect(tryCard({ ...good, number: '4111111111111111' }, NOW)).toMatchObject({ kind: 'declined', reason: 'test_mode_live_card' })
})

test.each([
  ['number', { number: '4242 4242 4242 4241' }],
  ['number', { number: '' }],
  ['number', { number: 'four' }],
  ['expiry', { expiry: '10/26' }],
  ['expiry', { expiry: '13/30' }],
  ['expiry', { expiry: '' }],
  ['cvc', { cvc: '12' }],
  ['cvc', { cvc: 'abc' }],
])('what is missing or wrong is said at the field: %s', (field, change) => {
  expect(tryCard({ ...good, ...change }, NOW)).toMatchObject({ kind: 'incomplete', field })
})

test('a card is good until the end of its month', () => {
  expect(tryCard({ ...good, expiry: '11/26' }, Date.UTC(2026, 11, 1) - 1).kind).toBe('accepted')
  expect(tryCard({ ...good, expiry: '11/26' }, Date.UTC(2026, 11, 1)).kind).toBe('incomplete')
})

test('a card in words', () => {
  expect(cardWords({ brand: 'visa', last4: '4242' })).toBe('Visa ending 4242')
  expect(cardWords({ brand: '', last4: '0000' })).toBe('Card ending 0000')
})
