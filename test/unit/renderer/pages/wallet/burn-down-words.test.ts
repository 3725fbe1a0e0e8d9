import { expect, test } from 'vitest'
import { burnDownSummary } from '../../../../../renderer/pages/wallet/burn-down-words.ts'

const day = (date: string, debited: number, credited: number, balance: number) => ({
  date,
  debitedMicroAu: String(debited),
  creditedMicroAu: String(credited),
  balanceMicroAu: String(balance),
})

test('the first balance less what was spent and with what was topped up is the last one', () => {
  // 20 AU before; what moved on the first day is in its balance already.
  const days = [day('2026-11-01', 1_500_000, 500_000, 19_000_000), day('2026-11-02', 250_000, 0, 18_750_000), day('2026-11-03', 750_000, 5_000_000, 23_000_000)]
  expect(burnDownSummary(days)).toBe('From 19.00 AU to 23.00 AU: 1.00 AU spent, 5.00 AU topped up.')
})

test('on its only day a wallet went from nowhere to nowhere', () => {
  expect(burnDownSummary([day('2026-11-01', 1_500_000, 0, 18_500_000)])).toBe('From 18.50 AU to 18.50 AU: 0.00 AU spent, 0.00 AU topped up.')
})
