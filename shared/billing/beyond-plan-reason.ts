import type { Catalog } from './catalog.ts'
import { findPlan } from './catalog.ts'
import { UNLIMITED } from './limit.ts'
import { currencyDigits } from './minor-units.ts'
import { decimalText } from './money.ts'
import { amountText, quantityText } from './quantity-text.ts'
import type { Refusal } from './quota-reason.ts'
import { roundHalfAwayFromZero } from './rounding.ts'
import { unitPriceText } from './unit-price-text.ts'

/**
 * What a meter says that lets an operation run beyond its limit: the price of what lies beyond, "Beyond the plan: 12 × $0.05 = $0.60".
 * Only what is asked for counts, not what was used beyond the plan before.
 */
export function beyondPlanReason(catalog: Pick<Catalog, 'plans'>, { meter, planId, used, requested, limit }: Refusal): string {
  const currency = (findPlan(catalog, planId) ?? catalog.plans[0])?.currency ?? 'usd'
  const beyond = limit === UNLIMITED ? 0 : Math.min(requested, used + requested - limit)
  if (meter.enforcement !== 'bill' || meter.unitPrice === null) return `Beyond the plan: ${amountText(meter, beyond)}, reported and not billed.`
  const { cents, per } = meter.unitPrice
  const exact = roundHalfAwayFromZero(BigInt(beyond) * BigInt(cents), BigInt(per))
  // Something at a price is never free, however little a single use costs.
  const amount = exact === 0n && cents > 0 && beyond > 0 ? `less than ${priceOf(1n, currency)}` : priceOf(exact, currency)
  // A price for one needs no more words than its amount; any other says for how many it is.
  const price = per === 1 && meter.unit === 'count' ? priceOf(BigInt(cents), currency) : unitPriceText(meter, meter.unitPrice, currency)
  return `Beyond the plan: ${meter.unit === 'minutes' ? quantityText(meter, beyond) : amountText(meter, beyond)} × ${price} = ${amount}`
}

/** In bigint to the end: a quantity near 2^53 has a price beyond it. */
function priceOf(amountMinor: bigint, currency: string): string {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: currency.toUpperCase(), ...currencyDigits(currency) }).format(
    decimalText(amountMinor, currency) as Intl.StringNumericLiteral,
  )
}
