import { expect, it } from 'vitest'
import { isSettled } from '../../../../../renderer/pages/plans/settled-order.ts'
import type { Offers } from '../../../../../shared/contract/console/offers.ts'

function offers(current: string, changes: Partial<Pick<Offers, 'pendingChange' | 'cancelAt'>> = {}): Parameters<typeof isSettled>[1] {
  const plans = ['free', 'pro', 'team'].map((id) => ({ id, current: id === current }) as Offers['plans'][number])
  return { plans, pendingChange: null, cancelAt: null, ...changes }
}

it('a plan is settled when it is in force, or when it is what comes next', () => {
  expect(isSettled({ order: { planId: 'pro' }, how: 'checkout' }, offers('free'))).toBe(false)
  expect(isSettled({ order: { planId: 'pro' }, how: 'checkout' }, offers('pro'))).toBe(true)
  expect(isSettled({ order: { planId: 'pro' }, how: 'portal' }, offers('team'))).toBe(false)
  expect(isSettled({ order: { planId: 'pro' }, how: 'portal' }, offers('team', { pendingChange: { planId: 'pro', planName: 'Pro', at: 1 } }))).toBe(true)
})

it('an end, and the end of an end', () => {
  expect(isSettled({ order: { cancel: true }, how: 'portal' }, offers('pro'))).toBe(false)
  expect(isSettled({ order: { cancel: true }, how: 'portal' }, offers('pro', { cancelAt: 1 }))).toBe(true)
  expect(isSettled({ order: { cancel: false }, how: 'portal' }, offers('pro', { cancelAt: 1 }))).toBe(false)
  expect(isSettled({ order: { cancel: false }, how: 'portal' }, offers('pro'))).toBe(true)
})

it('what may be bought again is never settled', () => {
  expect(isSettled({ order: { boosterId: 'more' }, how: 'checkout' }, offers('pro'))).toBe(false)
  expect(isSettled({ order: { topUpAu: 50 }, how: 'checkout' }, offers('pro'))).toBe(false)
})
