import type { PeriodCost } from '../../../shared/contract/console/usage.ts'
import { au, euro } from '../../base/format/au-amounts.ts'
import { format } from '../../base/format/format.ts'
import { overviewTexts } from './texts.ts'

export type SpendFigure = { amount: string; basis: string }

/** Both figures of the overview in words. Pure. @param isMetered whether use beyond the plan has a price here. */
export function spendWords(cost: PeriodCost, isMetered: boolean): { soFar: SpendFigure; projected: SpendFigure } {
  const { planCents, seatsCents, boostersCents, overageCents, projectedOverageCents, wallet, currency } = cost
  const words = overviewTexts.spend
  const money = (cents: number): string => format.money(cents, currency)
  const fixedCents = (planCents ?? 0) + seatsCents + boostersCents
  const parts = [
    ...(planCents !== null && planCents > 0 ? [words.plan(money(planCents))] : []),
    ...(seatsCents > 0 ? [words.seats(money(seatsCents))] : []),
    ...(boostersCents > 0 ? [words.boosters(money(boostersCents))] : []),
    ...(overageCents > 0 ? [words.beyond(money(overageCents))] : []),
    ...(wallet === null ? [] : [words.wallet(auAndEuro(wallet.debitedMicroAu))]),
  ]
  // Its amount alone is the figure already.
  const onlyWallet = wallet !== null && parts.length === 1
  const nothing = planCents === null ? words.agreed : words.free
  return {
    soFar: {
      amount: together(fixedCents + overageCents, wallet?.debitedMicroAu ?? null, money),
      basis: onlyWallet ? words.onlyWallet : parts.length === 0 ? nothing : words.parts(parts),
    },
    projected:
      wallet !== null && wallet.projectedMicroAu === null
        ? { amount: words.unknown, basis: words.needsDay }
        : {
            amount: together(fixedCents + projectedOverageCents, wallet?.projectedMicroAu ?? null, money),
            basis: wallet === null ? (isMetered ? words.atPace : words.noUse) : wallet.runsOut ? words.runsOut : words.atRate,
          },
  }
}

/** Money and AU are two amounts, and are not added up. */
function together(cents: number, microAu: string | null, money: (cents: number) => string): string {
  if (microAu === null) return money(cents)
  return cents === 0 ? auAndEuro(microAu) : `${money(cents)} + ${auAndEuro(microAu)}`
}

function auAndEuro(microAu: string): string {
  return `${au(microAu)} (${euro(microAu)})`
}
