import type { z } from 'zod'
import { type BurnRate, burnRate } from '../../../../shared/billing/burn-down.ts'
import { DAY_MS, dateOf, dayOf } from '../../../../shared/billing/cost-day.ts'
import type { Period } from '../../../../shared/billing/period.ts'
import { roundHalfAwayFromZero } from '../../../../shared/billing/rounding.ts'
import { microAuFromWire } from '../../../../shared/billing/wallet.ts'
import type { PeriodCost } from '../../../../shared/contract/console/usage.ts'
import type { BurnDown } from '../../../../shared/contract/console/wallet.ts'
import type { walletDocument } from '../../../../shared/contract/platform/wallet.ts'
import type { Ledger } from './ledger.ts'

type Wallet = Pick<z.output<typeof walletDocument>, 'circle' | 'balance_micro_au' | 'held_micro_au' | 'hard_wall'>

/** Enough for the rate, which counts two weeks. */
const RATE_DAYS = 30

/** The last days of a ledger without gaps, oldest first, today the last. */
export function walletDays(
  ledger: Pick<Ledger, 'days' | 'balanceBefore'>,
  workspaceId: string,
  circle: string,
  today: number,
  count: number,
): BurnDown['days'] {
  const firstDay = today - count + 1
  const known = new Map(ledger.days(workspaceId, circle, firstDay).map((day) => [day.day, day]))
  let balance = ledger.balanceBefore(workspaceId, circle, firstDay)
  return Array.from({ length: count }, (_, index) => {
    const day = known.get(firstDay + index)
    balance = day?.balanceMicroAu ?? balance
    return {
      date: dateOf(firstDay + index),
      debitedMicroAu: (day?.debitedMicroAu ?? 0n).toString(),
      creditedMicroAu: (day?.creditedMicroAu ?? 0n).toString(),
      balanceMicroAu: balance?.toString() ?? null,
    }
  })
}

/** How fast the balance goes on these days. Days before the first line are no days without use: nothing was there yet. */
export function walletRate(days: BurnDown['days'], availableMicroAu: bigint, nowMs: number): BurnRate {
  const lived = days.filter(({ balanceMicroAu }) => balanceMicroAu !== null).map(({ debitedMicroAu }, day) => ({ day, debitedMicroAu: BigInt(debitedMicroAu) }))
  return burnRate(lived, availableMicroAu, nowMs)
}

/** What the wallets of a workspace pay in the running period: so far, and to its end at the rate of the last whole days. */
export function walletSpend(
  ledger: Pick<Ledger, 'days' | 'balanceBefore'>,
  workspaceId: string,
  wallets: readonly Wallet[],
  period: Period,
  nowMs: number,
): PeriodCost['wallet'] {
  if (wallets.length === 0) return null
  const today = dayOf(nowMs)
  const periodDays = Math.max(1, today - dayOf(period.startMs) + 1)
  const leftMs = BigInt(Math.max(0, period.endMs - nowMs))
  let debited = 0n
  let ahead: bigint | null = null
  let runsOut = false
  for (const wallet of wallets) {
    const days = walletDays(ledger, workspaceId, wallet.circle, today, Math.max(periodDays, RATE_DAYS))
    debited += days.slice(-periodDays).reduce((sum, { debitedMicroAu }) => sum + BigInt(debitedMicroAu), 0n)
    const available = availableMicroAu(wallet)
    const { perDayMicroAu } = walletRate(days, available, nowMs)
    if (perDayMicroAu === null) continue
    const more = roundHalfAwayFromZero(perDayMicroAu * leftMs, BigInt(DAY_MS))
    const most = available > 0n ? available : 0n
    // Nothing is debited beyond what is there where the wallet stops when it is empty.
    const stops = wallet.hard_wall && more > most
    ahead = (ahead ?? 0n) + (stops ? most : more)
    runsOut ||= stops
  }
  return { debitedMicroAu: debited.toString(), projectedMicroAu: ahead === null ? null : (debited + ahead).toString(), runsOut }
}

/** What a run may use: the balance without what is held. */
export function availableMicroAu(wallet: Pick<Wallet, 'balance_micro_au' | 'held_micro_au'>): bigint {
  return microAuFromWire(wallet.balance_micro_au) - microAuFromWire(wallet.held_micro_au)
}
