import type { PeriodCost, Spend } from '../../../shared/contract/console/usage.ts'
import { au, euro } from '../../base/format/au-amounts.ts'
import { format } from '../../base/format/format.ts'
import { overviewTexts } from './texts.ts'

export type SpendFigure = { amount: string; basis: string }

const words = overviewTexts.spend

/** "$119.00" and "= $89 + 2 × $15". Pure. @param planCents null: agreed with the customer */
export function nextWords({ next, currency }: Spend, planCents: number | null): SpendFigure {
  if (next === null) return { amount: words.none, basis: planCents === null ? words.agreed : planCents === 0 ? words.free : words.ends }
  const parts = next.lines.map(({ kind, quantity, unitCents }) => {
    const price = format.price(unitCents, currency)
    return kind === 'usage' ? words.beyond(price) : quantity === 1 && kind === 'plan' ? price : words.times(quantity, price)
  })
  return { amount: format.money(next.amountCents, currency), basis: words.sum(parts) }
}

/** What a wallet was debited, and will be at this rate. Pure. */
export function walletWords(wallet: NonNullable<PeriodCost['wallet']>): { soFar: SpendFigure; projected: SpendFigure } {
  return {
    soFar: { amount: auAndEuro(wallet.debitedMicroAu), basis: words.onlyWallet },
    projected:
      wallet.projectedMicroAu === null
        ? { amount: words.unknown, basis: words.needsDay }
        : { amount: auAndEuro(wallet.projectedMicroAu), basis: wallet.runsOut ? words.runsOut : words.atRate },
  }
}

function auAndEuro(microAu: string): string {
  return `${au(microAu)} (${euro(microAu)})`
}
