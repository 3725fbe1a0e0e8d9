import { expect, it } from 'vitest'
import { spendWords } from '../../../../../renderer/pages/overview/spend-words.ts'
import type { PeriodCost } from '../../../../../shared/contract/console/usage.ts'

const cost = (changes: Partial<PeriodCost>): PeriodCost => ({
  currency: 'usd',
  planCents: 0,
  seatsCents: 0,
  boostersCents: 0,
  overageCents: 0,
  projectedOverageCents: 0,
  wallet: null,
  ...changes,
})

it('says the plan’s price where nothing is metered, and that it stays so', () => {
  expect(spendWords(cost({ planCents: 2500 }), false)).toEqual({
    soFar: { amount: '$25.00', basis: 'Plan $25.00; without tax' },
    projected: { amount: '$25.00', basis: 'The same: use has no price of its own here.' },
  })
  expect(spendWords(cost({}), false).soFar).toEqual({ amount: '$0.00', basis: 'The plan is free, and nothing was bought on top.' })
})

it('adds seats, boosters and what lies beyond the plan, and names each', () => {
  const { soFar, projected } = spendWords(cost({ planCents: 2500, seatsCents: 2000, boostersCents: 500, overageCents: 10, projectedOverageCents: 40 }), true)
  expect(soFar).toEqual({ amount: '$50.10', basis: 'Plan $25.00, seats $20.00, boosters $5.00, beyond the plan $0.10; without tax' })
  expect(projected).toEqual({ amount: '$50.40', basis: 'With use at the pace so far.' })
})

it('says an agreed price is not known, not that it is none', () => {
  expect(spendWords(cost({ planCents: null }), false).soFar.basis).toBe('What the plan costs is agreed with you and not known here.')
})

it('says a wallet’s AU and euro beside the plan’s money, and never as one sum', () => {
  const wallet = { debitedMicroAu: '1500000', projectedMicroAu: '3000000', runsOut: false }
  expect(spendWords(cost({ wallet }), false)).toEqual({
    soFar: { amount: '1.50 AU (€1.50)', basis: 'From the wallet in this period.' },
    projected: { amount: '3.00 AU (€3.00)', basis: 'With the wallet’s use at the rate of the last whole days.' },
  })
  expect(spendWords(cost({ planCents: 1900, wallet }), false).projected.amount).toBe('$19.00 + 3.00 AU (€3.00)')
  expect(spendWords(cost({ wallet: { ...wallet, runsOut: true } }), false).projected.basis).toMatch(/empty before the period ends/)
  expect(spendWords(cost({ wallet: { ...wallet, projectedMicroAu: null } }), false).projected.amount).toBe('Not known yet')
})
