import { expect, test } from 'vitest'
import { burnRate } from '../../../shared/billing/burn-down.ts'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 5, 15, 12)
/** Days up to today with these debits. */
const days = (...debits: number[]) => debits.map((debit, index) => ({ day: index, debitedMicroAu: BigInt(debit) }))

test('the average of the whole days before today; today is not over', () => {
  expect(burnRate(days(100, 200, 999_999), 1500n, NOW)).toEqual({ perDayMicroAu: 150n, countedDays: 2, emptyAt: NOW + 10 * DAY_MS })
})

test('only the last fourteen whole days count', () => {
  const debits = [1_000_000, ...Array.from({ length: 14 }, () => 70), 0]
  expect(burnRate(days(...debits), 70n, NOW)).toEqual({ perDayMicroAu: 70n, countedDays: 14, emptyAt: NOW + DAY_MS })
})

test.each([
  ['no whole day yet', days(5), 100n, { perDayMicroAu: null, countedDays: 0, emptyAt: null }],
  ['nothing is used', days(0, 0, 0), 100n, { perDayMicroAu: 0n, countedDays: 2, emptyAt: null }],
  ['below zero already', days(10, 0), -1n, { perDayMicroAu: 10n, countedDays: 1, emptyAt: NOW }],
  ['longer than a year', days(1, 0), 366n, { perDayMicroAu: 1n, countedDays: 1, emptyAt: null }],
  ['a year to the millisecond', days(1, 0), 365n, { perDayMicroAu: 1n, countedDays: 1, emptyAt: NOW + 365 * DAY_MS }],
])('%s', (_, shown, available, rate) => {
  expect(burnRate(shown, available, NOW)).toEqual(rate)
})

test('amounts beyond 2^53 stay exact', () => {
  const huge = 9_007_199_254_740_993n
  expect(
    burnRate(
      [
        { day: 0, debitedMicroAu: huge },
        { day: 1, debitedMicroAu: 0n },
      ],
      huge * 2n,
      NOW,
    ),
  ).toEqual({
    perDayMicroAu: huge,
    countedDays: 1,
    emptyAt: NOW + 2 * DAY_MS,
  })
})
