import { describe, expect, it } from 'vitest'
import { boughtInPeriod } from '../../../main/engine/billing/bought-in-period.ts'
import type { LedgerDay } from '../../../main/engine/billing/wallet/ledger.ts'
import { walletSpend } from '../../../main/engine/billing/wallet/wallet-days.ts'
import { catalogFromWire, catalogToWire } from '../../../shared/billing/catalog-wire.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'

const DAY_MS = 86_400_000
const period = { startMs: Date.UTC(2026, 10, 11), endMs: Date.UTC(2026, 11, 11) }

describe('what was bought beside the plan', () => {
  const catalog = catalogFromWire(catalogToWire(catalogs.truss))
  const plan = catalog.plans.find(({ seatPriceCents }) => seatPriceCents !== null)
  const sold = catalog.boosters[0]
  if (plan === undefined || sold === undefined) throw new Error('The catalog sells no seats or boosters')
  const booster = (atMs: number, quantity = 1, id = sold.id) => ({ booster: id, quantity, purchased_at: new Date(atMs).toISOString() })

  it('is every seat at its price, and the boosters of this period at theirs', () => {
    const boosters = [
      booster(period.startMs),
      booster(period.endMs - 1, 2),
      booster(period.startMs - 1),
      booster(period.endMs),
      booster(period.startMs, 9, 'gone'),
    ]
    expect(boughtInPeriod(catalog, { ...plan, seats: 3 }, boosters, period)).toEqual({
      seatsCents: 3 * (plan.seatPriceCents ?? 0),
      boostersCents: 3 * sold.priceCents,
    })
  })

  it('is nothing where nothing was bought, and of another currency nothing that could be added up', () => {
    expect(boughtInPeriod(catalog, plan, [], period)).toEqual({ seatsCents: 0, boostersCents: 0 })
    expect(boughtInPeriod(catalog, { ...plan, currency: 'sek' }, [booster(period.startMs)], period)).toEqual({ seatsCents: 0, boostersCents: 0 })
  })
})

describe('what a wallet pays', () => {
  /** Ten whole days of the period are over, and half of the eleventh: 19.5 are left. */
  const nowMs = period.startMs + 10.5 * DAY_MS
  const today = Math.floor(nowMs / DAY_MS)
  const wallet = (balance: number, hardWall: boolean, circle = 'home') => ({ circle, balance_micro_au: balance, held_micro_au: 0, hard_wall: hardWall })

  /** So much is debited on each of the last days, today included. */
  function ledgerOf(perDay: bigint, count: number) {
    const days = Array.from({ length: count }, (_, index): LedgerDay => {
      const day = today - count + 1 + index
      return { day, debitedMicroAu: perDay, creditedMicroAu: 0n, balanceMicroAu: 1_000_000n }
    })
    return { days: (_: string, __: string, fromDay: number) => days.filter(({ day }) => day >= fromDay), balanceBefore: () => null }
  }

  it('is what its ledger debited in the period, and goes on at the rate of the whole days', () => {
    // Of 20 days with 1,000 each, 11 lie in the period; 19.5 more are to come.
    expect(walletSpend(ledgerOf(1_000n, 20), 'w', [wallet(1_000_000, false)], period, nowMs)).toEqual({
      debitedMicroAu: '11000',
      projectedMicroAu: '30500',
      runsOut: false,
    })
  })

  it('is no more than there is where it stops when it is empty', () => {
    const ledger = ledgerOf(1_000n, 20)
    expect(walletSpend(ledger, 'w', [wallet(4_000, true)], period, nowMs)).toEqual({ debitedMicroAu: '11000', projectedMicroAu: '15000', runsOut: true })
    expect(walletSpend(ledger, 'w', [wallet(4_000, false)], period, nowMs)).toMatchObject({ projectedMicroAu: '30500', runsOut: false })
    expect(walletSpend(ledger, 'w', [wallet(-5, true)], period, nowMs)).toMatchObject({ projectedMicroAu: '11000', runsOut: true })
  })

  it('adds up the circles, exactly beyond 2^53', () => {
    const huge = 9_007_199_254_740_993n
    expect(walletSpend(ledgerOf(huge, 1), 'w', [wallet(1, false), wallet(1, false, 'other')], period, nowMs)?.debitedMicroAu).toBe((2n * huge).toString())
  })

  it('has no projection before a whole day is over, and no figure where there is no wallet', () => {
    expect(walletSpend(ledgerOf(1_000n, 1), 'w', [wallet(1_000_000, false)], period, nowMs)).toEqual({
      debitedMicroAu: '1000',
      projectedMicroAu: null,
      runsOut: false,
    })
    expect(walletSpend(ledgerOf(1_000n, 1), 'w', [], period, nowMs)).toBeNull()
  })
})
