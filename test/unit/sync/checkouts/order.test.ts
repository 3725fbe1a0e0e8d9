import { expect, test } from 'vitest'
import { orderInWords, orderToWire } from '../../../../main/engine/sync/checkouts/order.ts'
import { catalogToWire } from '../../../../shared/billing/catalog-wire.ts'
import { catalogs } from '../../../../shared/generated/catalogs.ts'

const truss = catalogToWire(catalogs.truss)

test.each([
  [{ planId: 'team' }, { plan: 'team' }],
  [{ boosterId: 'extra_storage' }, { booster: 'extra_storage' }],
  [{ seats: 0 }, { seats: 0 }],
  [{ topUpAu: 50 }, { top_up_au: 50 }],
  [
    { topUpAu: 50, circle: 'granite' },
    { top_up_au: 50, circle: 'granite' },
  ],
  // A circle without a top-up is no order's.
  [{ planId: 'pro', circle: 'granite' }, { plan: 'pro' }],
  [{ cancel: false }, { cancel: false }],
])('%j leaves as %j', (order, wire) => {
  expect(orderToWire(order)).toEqual(wire)
})

test.each([{}, { planId: 'team', boosterId: 'extra_storage' }, { seats: 1, cancel: true }])('%j is refused: one thing is bought at a time', (order) => {
  expect(() => orderToWire(order)).toThrow('One thing is bought at a time.')
})

test('an order in words, priced as far as this computer knows', () => {
  expect(orderInWords({ planId: 'team' }, truss)).toEqual({ planId: 'team', planName: 'Team', amountCents: 8900, currency: 'usd' })
  expect(orderInWords({ boosterId: 'extra_mau' }, truss)).toEqual({ planId: null, planName: 'Extra MAU', amountCents: 1000, currency: 'usd' })
  expect(orderInWords({ topUpAu: 7 }, truss)).toMatchObject({ planId: null, planName: 'Top-up of 7 AU', amountCents: 700 })
  expect(orderInWords({ seats: 1 }, truss)).toMatchObject({ planName: '1 more seat', amountCents: 0 })
  expect(orderInWords({ planId: 'gone' }, null)).toEqual({ planId: 'gone', planName: 'gone', amountCents: 0, currency: '' })
})
