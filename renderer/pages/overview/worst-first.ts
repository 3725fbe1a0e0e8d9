import { DAY_MS } from '../../../shared/billing/cost-day.ts'
import type { Meter } from '../../../shared/contract/console.ts'
import type { MeterAhead } from '../../../shared/contract/console/usage.ts'

const severity: Record<NonNullable<Meter['level']>, number> = { over: 3, red: 2, amber: 1, green: 0, normal: 0 }

/** What needs a look before what does not: held writes, then how many days are left, then the colour, then how full it is. Pure. */
export function worstFirst(meters: readonly Meter[], ahead: readonly MeterAhead[]): Meter[] {
  const dayOf = new Map(ahead.map(({ meter, at }) => [meter, Math.floor(at / DAY_MS)]))
  return meters.toSorted((one, other) => {
    if (one.heldCount > 0 !== other.heldCount > 0) return one.heldCount > 0 ? -1 : 1
    const byDay = (dayOf.get(one.id) ?? Number.POSITIVE_INFINITY) - (dayOf.get(other.id) ?? Number.POSITIVE_INFINITY)
    // Infinity less infinity is no number: neither runs out.
    if (byDay !== 0 && !Number.isNaN(byDay)) return byDay
    const byLevel = (other.level === null ? -1 : severity[other.level]) - (one.level === null ? -1 : severity[one.level])
    return byLevel === 0 ? (other.percent ?? -1) - (one.percent ?? -1) : byLevel
  })
}
