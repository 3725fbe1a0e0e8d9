import { expect, it } from 'vitest'
import { nextWords, walletWords } from '../../../../../renderer/pages/overview/spend-words.ts'
import type { Spend } from '../../../../../shared/contract/console/usage.ts'

const spend = (next: Spend['next']): Spend => ({ currency: 'usd', invoicedCents: 8798, invoices: [], next })
const at = Date.UTC(2026, 11, 17)

it('says the next invoice as a sum of its lines', () => {
  const lines = [
    { kind: 'plan' as const, quantity: 1, unitCents: 8900, amountCents: 8900 },
    { kind: 'seat' as const, quantity: 2, unitCents: 1500, amountCents: 3000 },
  ]
  expect(nextWords(spend({ at, amountCents: 11_900, lines }), 8900)).toEqual({ amount: '$119.00', basis: '= $89 + 2 × $15' })
  const used = { kind: 'usage' as const, quantity: 1, unitCents: 420, amountCents: 420 }
  expect(nextWords(spend({ at, amountCents: 12_320, lines: [...lines, used] }), 8900).basis).toBe('= $89 + 2 × $15 + $4.20 beyond the plan so far')
})

it('says why there is none', () => {
  expect(nextWords(spend(null), 0)).toEqual({ amount: 'None', basis: 'The plan is free.' })
  expect(nextWords(spend(null), 8900).basis).toBe('The plan ends with this period.')
  expect(nextWords(spend(null), null).basis).toBe('What the plan costs is agreed with you and not known here.')
})

it('says a wallet’s AU and euro by themselves, never in a sum with money', () => {
  const wallet = { debitedMicroAu: '1500000', projectedMicroAu: '3000000', runsOut: false }
  expect(walletWords(wallet)).toEqual({
    soFar: { amount: '1.50 AU (€1.50)', basis: 'In this period.' },
    projected: { amount: '3.00 AU (€3.00)', basis: 'With the wallet’s use at the rate of the last whole days.' },
  })
  expect(walletWords({ ...wallet, runsOut: true }).projected.basis).toMatch(/empty before the period ends/)
  expect(walletWords({ ...wallet, projectedMicroAu: null }).projected.amount).toBe('Not known yet')
})
